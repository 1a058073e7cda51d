#pragma once

// The child's life: lock itself in, say it is ready, run jobs until the parent is gone.

#include <cstdint>
#include <filesystem>
#include <span>

#include "inference/session.hpp"
#include "processors/child/registry.hpp"

namespace notify {

/// The command line of a child (docs/child-protocol.md).
struct ChildOptions {
    std::filesystem::path models;
    Precision precision = Precision::kF32;
    bool load_models = false;
    std::uint64_t data_bytes = 0;  ///< RLIMIT_DATA; 0 for none.
    int parent = 0;                ///< Process that must be the parent; 0 for any.
};

/// kInvalidArgument when an argument is none of ours.
[[nodiscard]] Result<ChildOptions> ParseChildOptions(std::span<char* const> arguments);

/// Runs in the main thread of a fresh process and ends it: 0 when the parent let it go, 1 when the parent is
/// gone in the middle of a job, 2 when a line of control is none, 3 when the models cannot be loaded,
/// kExitOutOfMemory when there is no more memory.
[[noreturn]] void RunChild(const ChildOptions& options, std::span<const RegisteredProcessor> processors);

}  // namespace notify
