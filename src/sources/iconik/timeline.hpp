#pragma once

// Writes the `timeline` publication of an item to its asset: segments, and names in a metadata field.

#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/unmapped_people.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

/// One version of an asset.
struct Written {
    std::string asset;
    std::string version;
    bool tried = false;                  ///< An earlier try may have written some of it.
    UnmappedPeople* unmapped = nullptr;  ///< Told of people whom the person map lacks; may be null.
};

/// Makes our segments of that version, and the names in the field, what the timeline says; writes only what
/// differs. Iconik shows segments of a bulk late, so after an earlier try it is looked at for 10 s more
/// before anything is added. kUnavailable (uncertain) when nobody knows whether segments were added.
[[nodiscard]] Result<void> WriteTimeline(
    Client& client,
    const Writing& writing,
    const Written& to,
    std::string_view timeline,
    const std::stop_token& stop
);

}  // namespace notify::iconik
