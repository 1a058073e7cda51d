#pragma once

// Why a child ended, in the words of docs/child-protocol.md.

#include <string>
#include <string_view>

namespace notify {

/// Reasons that blame nobody.
inline constexpr std::string_view kEndedToCancel = "cancelled";  ///< For another process of its group.
inline constexpr std::string_view kBlocked = "blocked";          ///< It hung in a read of the item.

struct ChildEnd {
    std::string reason;   ///< "crashed", "memory", "silent", "time" or "protocol"; or one of the above.
    std::string message;  ///< One sentence.
};

}  // namespace notify
