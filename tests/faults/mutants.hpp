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
    kBeatWithoutFence,  ///< Leases are extended whoever holds the process by now. (Without the fence, but for
                        ///< the node's own alone, would be none: it beats for its later claim, too.)
    kNoMembership,      ///< Who was given up writes on. Only where there are several nodes.
};

inline constexpr std::array<std::string_view, 8> kMutantWords{
    "None",
    "NoFence",
    "NoRecheck",
    "AnswersTooEarly",
    "NoReaper",
    "ProgressWithoutFence",
    "BeatWithoutFence",
    "NoMembership"
};

/// The storage with that fault, for one owner. `belonging` is one of the same database that nobody gives up.
/// Both outlive it.
[[nodiscard]] std::unique_ptr<Storage> MakeMutant(Mutant mutant, Storage& inner, Storage& belonging);

}  // namespace notify::testing
