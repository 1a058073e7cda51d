#pragma once

// What a child gives up before it reads a foreign byte. Two steps, because models are built between them.

#include <cstdint>
#include <filesystem>

#include "processors/sandbox_report.hpp"

namespace notify {

/// Step one, before any other thread exists: dies with its parent (or at once when that is not `parent`),
/// default signals, no core dumps, no new privileges, not inspectable, few descriptors, at most `data_bytes`
/// of private memory (RLIMIT_DATA; not in sanitizer builds, whose shadow memory counts), and by Landlock no
/// file but those under the model folder, the folders of the loaded libraries, /proc, /sys/devices and
/// /sys/fs/cgroup, all of them read-only; where the kernel knows it, no TCP and no signals to others either.
[[nodiscard]] SandboxReport EnterRoom(
    const std::filesystem::path& models, std::uint64_t data_bytes, int parent
);

/// Step two: an allow-list of system calls for all threads. Files can no longer be opened; sockets, programs,
/// new processes, tracing and opening for writing end the process; everything else that is not on the list
/// fails with EPERM. Completes the report.
void CloseSystemCalls(SandboxReport& report);

}  // namespace notify
