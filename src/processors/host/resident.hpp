#pragma once

// What the kernel says of a process: how much memory it holds, whether it hangs.

#include <cstdint>

#include <sys/types.h>

namespace notify {

/// Resident bytes of a process and of all it started, down to 4 generations; 0 when there is none of that
/// number. Memory that several of them share counts for each.
[[nodiscard]] std::uint64_t ResidentBytesOf(pid_t pid);

/// True when a thread of it waits where no signal reaches it (state D): for a disk, or a network folder whose
/// server is away.
[[nodiscard]] bool IsBlockedInKernel(pid_t pid);

}  // namespace notify
