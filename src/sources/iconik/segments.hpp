#pragma once

// Who appears when in an asset, as segments of its timeline: what is wanted, what is there, what differs.
// Source: SegmentSchema of Iconik's assets API.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "core/result.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

/// How the external ids of a source's segments begin; what begins otherwise is never touched.
[[nodiscard]] std::string OwnExternalIds(std::string_view owner);

struct Segment {
    std::string id;           ///< Iconik's; "" for one that is not there yet.
    std::string external_id;  ///< The same for the same person from the same time on in the same version.
    std::string type;
    std::string track;
    std::string text;
    std::string person;    ///< Iconik's id of a person, of a segment of type PERSON; else "".
    std::string unmapped;  ///< Our id of a person who would have one, and whom the person map lacks; else "".
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
};

/// Of the `timeline` publication of an item whose version is `version`; where people are wanted those that
/// the person map lacks are GENERIC. kInternal when it is none.
[[nodiscard]] Result<std::vector<Segment>> WantedSegments(
    std::string_view timeline, std::string_view version, const Writing& writing
);

/// Nothing when it is none of the owner's.
[[nodiscard]] std::optional<Segment> ReadSegment(const boost::json::object& json, std::string_view owner);

/// As it is added, or changed when it has an id.
[[nodiscard]] boost::json::object ToJson(const Segment& segment, std::string_view version);

struct Difference {
    std::vector<Segment> add;
    std::vector<Segment> change;      ///< With the ids of those there.
    std::vector<std::string> remove;  ///< Ids.
};

/// What makes those there what is wanted, with the fewest writes. Of several there with one external id the
/// first stays.
[[nodiscard]] Difference Compare(const std::vector<Segment>& wanted, const std::vector<Segment>& there);

}  // namespace notify::iconik
