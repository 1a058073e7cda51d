#pragma once

// What a child gives up before it reads a foreign byte. Two steps, because models are built between them.

#include <cstdint>
#include <filesystem>
#include <string>

namespace notify {

/// What was reached. `note` says what is missing, "" when nothing is.
struct SandboxLevel {
    int landlock_abi = 0;
    bool seccomp = false;
    std::string note;

    /// "full" (Landlock and seccomp), "partial" (one of them) or "none".
    [[nodiscard]] std::string Name() const;
};

/// Step one, before any other thread exists: dies with its parent (or at once when that is not `parent`), no core dumps,
/// no new privileges, not inspectable, at most `data_bytes` of private memory (RLIMIT_DATA; not in sanitizer builds,
/// whose shadow memory counts), and by Landlock no file but those under the model folder, the folders of the loaded
/// libraries, /proc and /sys/devices, all of them read-only; where the kernel knows it, no TCP either.
[[nodiscard]] SandboxLevel EnterRoom(const std::filesystem::path& models, std::uint64_t data_bytes, int parent);

/// Step two: an allow-list of system calls for all threads. Files can no longer be opened; sockets, programs, new
/// processes and tracing end the process; everything else that is not on the list fails with EPERM.
void CloseSystemCalls(SandboxLevel& level);

}  // namespace notify
