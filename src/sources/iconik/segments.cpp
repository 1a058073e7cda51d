#include "sources/iconik/segments.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

namespace {

constexpr std::size_t kHashLetters = 32;

std::int64_t NumberIn(const boost::json::object& json, std::string_view name) {
    const auto* const found = json.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

std::string HashOf(std::string_view version, std::string_view person, std::int64_t start_ms, int number) {
    return Sha256Hex(fmt::format("{}\n{}\n{}\n{}", version, person, start_ms, number))
        .substr(0, kHashLetters);
}

bool Same(const Segment& a, const Segment& b) {
    return a.type == b.type && a.track == b.track && a.text == b.text && a.person == b.person &&
           a.start_ms == b.start_ms && a.end_ms == b.end_ms;
}

/// By the person's id before the name; "" when the map has neither.
std::string PersonOf(const Writing& writing, const std::string& id, const std::string& name) {
    const auto by_id = writing.person_map.find(id);
    const auto found = by_id != writing.person_map.end() ? by_id : writing.person_map.find(name);
    return found != writing.person_map.end() ? found->second : std::string();
}

}  // namespace

std::string OwnExternalIds(std::string_view owner) {
    return fmt::format("notifications-api:{}:", owner);
}

Result<std::vector<Segment>> WantedSegments(
    std::string_view timeline, std::string_view version, const Writing& writing
) {
    const auto json = ParseJson(timeline);
    const auto* const appearances =
        json && json->is_object() ? json->get_object().if_contains("appearances") : nullptr;
    if (appearances == nullptr || !appearances->is_array()) {
        return Fail(ErrorCode::kInternal, "what is to be written on the timeline is no timeline");
    }
    std::vector<Segment> wanted;
    std::map<std::pair<std::string, std::int64_t>, int> at_once;  // of a person from one time on
    for (const auto& each : appearances->get_array()) {
        const auto& seen = each.as_object();
        if (!writing.proposed && TextIn(seen, "certainty") != "confirmed") {
            continue;
        }
        const auto person = TextIn(seen, "person");
        const auto start_ms = NumberIn(seen, "start_ms");
        const auto name = TextIn(seen, "name");
        auto theirs = PersonOf(writing, person, name);
        const bool unmapped = writing.segment_type == "PERSON" && theirs.empty();
        wanted.push_back(
            {.id = {},
             .external_id = OwnExternalIds(writing.owner) +
                            HashOf(version, person, start_ms, at_once[{person, start_ms}]++),
             .type = unmapped ? "GENERIC" : writing.segment_type,
             .track = writing.track,
             .text = name,
             .person = std::move(theirs),
             .unmapped = unmapped ? person : std::string(),
             .start_ms = start_ms,
             .end_ms = NumberIn(seen, "end_ms")}
        );
    }
    return wanted;
}

std::optional<Segment> ReadSegment(const boost::json::object& json, std::string_view owner) {
    auto external_id = TextIn(json, "external_id");
    if (!external_id.starts_with(OwnExternalIds(owner))) {
        return std::nullopt;
    }
    return Segment{
        .id = TextIn(json, "id"),
        .external_id = std::move(external_id),
        .type = TextIn(json, "segment_type"),
        .track = TextIn(json, "segment_track"),
        .text = TextIn(json, "segment_text"),
        .person = TextIn(json, "person_id"),
        .unmapped = {},
        .start_ms = NumberIn(json, "time_start_milliseconds"),
        .end_ms = NumberIn(json, "time_end_milliseconds")
    };
}

boost::json::object ToJson(const Segment& segment, std::string_view version) {
    boost::json::object json{
        {"external_id", segment.external_id},
        {"segment_type", segment.type},
        {"segment_track", segment.track},
        {"segment_text", segment.text},
        {"time_start_milliseconds", segment.start_ms},
        {"time_end_milliseconds", segment.end_ms},
    };
    if (!segment.person.empty()) {
        json["person_id"] = segment.person;
    }
    if (!segment.id.empty()) {
        json["id"] = segment.id;
        json.emplace("person_id", nullptr);
    } else if (!version.empty()) {
        json["version_id"] = version;
    }
    return json;
}

Difference Compare(const std::vector<Segment>& wanted, const std::vector<Segment>& there) {
    Difference difference;
    std::map<std::string, const Segment*> kept;
    for (const auto& segment : there) {
        if (!kept.emplace(segment.external_id, &segment).second) {
            difference.remove.push_back(segment.id);
        }
    }
    for (const auto& segment : wanted) {
        const auto found = kept.find(segment.external_id);
        if (found == kept.end()) {
            difference.add.push_back(segment);
            continue;
        }
        if (!Same(segment, *found->second)) {
            difference.change.push_back(segment);
            difference.change.back().id = found->second->id;
        }
        kept.erase(found);
    }
    for (const auto& [external_id, segment] : kept) {
        difference.remove.push_back(segment->id);
    }
    return difference;
}

}  // namespace notify::iconik
