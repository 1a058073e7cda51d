#pragma once

// The child's life: lock itself in, say it is ready, run jobs until the parent is gone.

#include <cstdint>
#include <filesystem>

#include "inference/session.hpp"

namespace notify {

struct ChildOptions {
    std::filesystem::path models;
    Precision precision = Precision::kF32;
    bool load_models = false;
    std::uint64_t data_bytes = 0;  ///< RLIMIT_DATA; 0 for none.
    int parent = 0;                ///< Process that must be the parent; 0 for any.
};

/// Returns the exit code.
[[nodiscard]] int RunChild(const ChildOptions& options);

}  // namespace notify
