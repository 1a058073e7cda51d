#pragma once

// The reason of an error that is the machine's: nobody who is in its way is to blame.

#include <string_view>

namespace notify {

/// Of a kUnavailable: the process, or the machine, has no more descriptors or no more memory.
inline constexpr std::string_view kNoResources = "no_resources";

}  // namespace notify
