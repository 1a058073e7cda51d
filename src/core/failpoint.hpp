#pragma once

// Named places where a test may have the process die, as a power cut would.

#include <string_view>

namespace notify {

/// Kills the process (SIGKILL) when NOTIFICATIONS_FAILPOINT is `name`, or `name:N` at the Nth time. Does
/// nothing in builds without NOTIFY_FAILPOINTS. Thread-safe.
#ifdef NOTIFY_FAILPOINTS
void FailPoint(std::string_view name);
#else
inline void FailPoint(std::string_view /*name*/) {}
#endif

}  // namespace notify
