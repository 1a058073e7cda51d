#pragma once

// How much memory a process holds, as the kernel counts it.

#include <cstdint>

#include <sys/types.h>

namespace notify {

/// Resident bytes of a process and of all it started, down to 4 generations; 0 when there is none of that
/// number. Memory that several of them share counts for each.
[[nodiscard]] std::uint64_t ResidentBytesOf(pid_t pid);

}  // namespace notify
