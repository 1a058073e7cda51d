#pragma once

// Storages that break one promise each: what a test of the queue must notice.

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "storage/storage.hpp"

namespace notify::testing {

enum class Mutant : std::uint8_t {
    kNone,
    kNoFence,               ///< An outcome is written whoever holds the process by now.
    kNoRecheck,             ///< A claim takes what another one has just taken.
    kAnswersTooEarly,       ///< An outcome counts as written before its COMMIT, which then never happens.
    kNoReaper,              ///< Leases that are over are not looked for.
    kProgressWithoutFence,  ///< Progress is told whoever holds the process by now.
};

inline constexpr std::array<std::string_view, 6> kMutantWords{
    "None", "NoFence", "NoRecheck", "AnswersTooEarly", "NoReaper", "ProgressWithoutFence"
};

/// The storage with that fault, for one owner. `inner` outlives it.
[[nodiscard]] std::unique_ptr<Storage> MakeMutant(Mutant mutant, Storage& inner);

}  // namespace notify::testing
