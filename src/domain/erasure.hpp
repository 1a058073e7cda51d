#pragma once

// Somebody was erased: what the operator can show for it. docs/people.md#erase.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"

namespace notify {

/// No name and nothing biometric: whom it was about nobody can read from it.
struct Erasure {
    EditId id;  ///< Of the edit.
    Timestamp at;
    std::string actor;                 ///< Who erased.
    std::vector<PersonId> people;      ///< With those who were merged into them, who comes last.
    std::vector<PhotoId> strays;       ///< Photos that went back to them when they were erased already: in an
                                       ///< old backup they are somebody else's.
    std::int64_t photos = 0;           ///< Enrolled ones that were removed.
    std::int64_t faces = 0;            ///< In results, whose embeddings and thumbnails were removed.
    std::int64_t items = 0;            ///< In which they were seen.
    std::optional<Timestamp> done_at;  ///< When the artifacts of results held nothing of them any more.
};

}  // namespace notify
