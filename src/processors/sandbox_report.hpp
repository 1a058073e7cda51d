#pragma once

// What a child's sandbox reached on this machine.

#include <string>

namespace notify {

/// Told by the child when it is ready; shown by `doctor` and `/health/ready`.
struct SandboxReport {
    std::string level;  ///< "full", "partial" or "none".
    int landlock_abi = 0;
    bool seccomp = false;
    std::string note;  ///< What is missing and why, in a sentence; empty at "full".
};

}  // namespace notify
