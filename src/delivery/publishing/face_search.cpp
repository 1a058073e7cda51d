#include "delivery/publishing/face_search.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <utility>

#include "core/json.hpp"
#include "core/timecode.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/publishing/facts.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

namespace json = boost::json;

/// A share of `whole` to six places; 0 when that is not known.
double Share(double part, double whole) {
    return whole > 0 ? std::round(part / whole * 1e6) / 1e6 : 0;
}

json::object BoxPart(const Box& box, const SeenMedia& media) {
    return {
        {"Width", Share(box.width, media.width)},
        {"Height", Share(box.height, media.height)},
        {"Left", Share(box.x, media.width)},
        {"Top", Share(box.y, media.height)}
    };
}

json::array MatchesPart(const PublishedFacts& facts, const FaceSample& face) {
    if (face.appearance < 0) {
        return {};
    }
    const auto& seen = facts.appearances[static_cast<std::size_t>(face.appearance)];
    const json::object known{
        {"FaceId", seen.person_id.Value()}, {"ExternalImageId", ValidUtf8(seen.person_name)}
    };
    return {json::object{{"Similarity", seen.similarity}, {"Face", known}}};
}

json::object PersonPart(const PublishedFacts& facts, const FaceSample& face) {
    const auto box = BoxPart(face.box, facts.media);
    return {
        {"Timestamp", face.ms},
        {"Person",
         json::object{
             {"Index", face.face}, {"BoundingBox", box}, {"Face", json::object{{"BoundingBox", box}}}
         }},
        {"FaceMatches", MatchesPart(facts, face)}
    };
}

json::object MediaPart(const SeenMedia& media) {
    const auto& rate = media.timebase.rate;
    json::object part{{"DurationMillis", media.duration_ms}, {"Format", media.media_type}};
    if (rate.IsKnown()) {
        part["FrameRate"] = Share(static_cast<double>(rate.numerator), static_cast<double>(rate.denominator));
    }
    part["FrameHeight"] = std::llround(media.height);
    part["FrameWidth"] = std::llround(media.width);
    return part;
}

}  // namespace

std::string RenderFaceSearch(const PublishedFacts& facts) {
    json::array persons;
    persons.reserve(facts.faces.size());
    for (const auto& face : facts.faces) {
        persons.push_back(PersonPart(facts, face));
    }
    return ToJsonText(
               json::object{
                   {"JobStatus", "SUCCEEDED"},
                   {"VideoMetadata", MediaPart(facts.media)},
                   {"Persons", std::move(persons)}
               }
           ) +
           "\n";
}

}  // namespace notify
