#pragma once

// A page of a listing of Swarm's own HTTP API: JSON out of its search index. Source: "Search Query Arguments"
// and "Metadata Field Matching" of Swarm's documentation (perifery.atlassian.net).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify::datacore {

/// The most bytes of a page that are read.
inline constexpr std::size_t kMaxPageBytes = 8U << 20U;

/// The fields that are asked for.
inline constexpr std::string_view kListedFields = "name,tmborn,etag,content-length,content-type";

/// An object as the index names it.
struct ListedObject {
    std::string key;
    std::string etag;  ///< Opaque: no digest of the bytes. "" when the index tells none.
    std::uint64_t size_bytes = 0;
    Timestamp modified_at;
    std::string content_type;
};

/// Reads a page: an array of objects, in the index' order. Fields are taken by the names they were asked for
/// and by those that listings have without `fields` (hash, bytes, last_modified, content_type). kUnavailable:
/// wrong_answer when it is cut off or an object lacks name, length or time; not_a_store when it is no
/// listing.
[[nodiscard]] Result<std::vector<ListedObject>> ReadNativePage(std::string_view json);

}  // namespace notify::datacore
