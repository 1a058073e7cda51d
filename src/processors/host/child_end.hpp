#pragma once

// Why a child ended, in the words of docs/child-protocol.md.

#include <string>

namespace notify {

struct ChildEnd {
    std::string reason;   ///< "crashed", "memory", "silent", "time" or "protocol".
    std::string message;  ///< One sentence.
};

}  // namespace notify
