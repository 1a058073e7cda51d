#include "people/face_tracks.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>
#include <boost/system/detail/error_code.hpp>
#include <fmt/core.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/timecode.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/document_fields.hpp"

namespace notify {

namespace {

/// Shots without any quality still count a little, or a track of them had no say at all.
constexpr double kLeastWeight = 0.02;

constexpr std::int64_t kMostTracks = 10'000'000;

TimedBox ReadBox(const boost::json::value& value, DocumentFields& track) {
    DocumentFields fields(value);
    const TimedBox box{.ms = fields.Time("ms"), .box = fields.OwnBox()};
    if (!fields.Check()) {
        track.Fault("boxes", "list of boxes");
    }
    return box;
}

void ReadShots(DocumentFields& fields, TrackFacts& facts) {
    for (const auto& value : fields.List("shots")) {
        DocumentFields shot(value);
        facts.qualities.push_back(shot.Number("quality", 0, 1));
        if (!shot.Check()) {
            fields.Fault("shots", "list of shots with their quality");
        }
    }
    facts.first_embedding = static_cast<std::size_t>(fields.Whole("embedding_offset", 0, kMostTracks));
}

Result<TrackFacts> ReadTrack(const boost::json::value& value) {
    DocumentFields fields(value);
    TrackFacts facts;
    auto& track = facts.track;
    track.number = static_cast<int>(fields.Whole("track", 1, kMostTracks));
    track.link = static_cast<int>(fields.Whole("link", 1, kMostTracks));
    track.start_ms = fields.Time("start_ms");
    track.end_ms = fields.Time("end_ms", track.start_ms);
    track.best_shot_ms = fields.Time("best_shot_ms");
    track.best_box = fields.BoxOf("best_box");
    track.quality = fields.Number("quality", 0, 1);
    track.thumbnail = fields.Text("thumbnail");
    ReadShots(fields, facts);
    for (const auto& box : fields.List("boxes")) {
        facts.boxes.push_back(ReadBox(box, fields));
    }
    if (facts.boxes.empty()) {
        facts.boxes.push_back({.ms = track.best_shot_ms, .box = track.best_box});
    }
    std::ranges::stable_sort(facts.boxes, {}, &TimedBox::ms);
    return fields.Check().map([&] { return std::move(facts); });
}

/// Rising times.
std::vector<std::int64_t> ReadCuts(DocumentFields& document) {
    std::vector<std::int64_t> cuts;
    for (const auto& value : document.List("cuts_ms")) {
        boost::system::error_code failed;
        cuts.push_back(value.to_number<std::int64_t>(failed));
        if (failed) {
            document.Fault("cuts_ms", "list of times");
        }
    }
    std::ranges::sort(cuts);
    return cuts;
}

/// Of the document's `media`: none without a frame rate.
Timebase ReadTimebase(DocumentFields& document) {
    DocumentFields media(document.Object("media"));
    Timebase timebase;
    if (media.Has("frame_rate")) {
        const auto rate = ParseFrameRate(media.Text("frame_rate"));
        const bool drop_frame = media.Truth("drop_frame");
        const bool starts = media.Has("start_timecode");
        const auto start = starts && rate ? ParseTimecode(media.Text("start_timecode"), *rate) : std::nullopt;
        if (!rate || (starts && (!start || start->drop_frame != drop_frame))) {
            media.Fault("start_timecode", "timecode of its frame_rate");
        } else {
            timebase = start.value_or(Timebase{.rate = *rate});
        }
    }
    if (!media.Check()) {
        document.Fault("media", "object with a frame_rate, drop_frame and start_timecode that fit");
    }
    return timebase;
}

bool HasSchema(const boost::json::value& json) {
    const auto* object = json.if_object();
    const auto* schema = object != nullptr ? object->if_contains("schema") : nullptr;
    return schema != nullptr && schema->is_string() && schema->get_string() == kFaceTracksSchema;
}

}  // namespace

std::vector<WeighedEmbedding> TrackFacts::Shots() const {
    std::vector<WeighedEmbedding> shots;
    for (std::size_t i = 0; i < track.shots.size(); ++i) {
        const double quality = i < qualities.size() ? qualities[i] : track.quality;
        if (IsEmbedding(track.shots[i])) {
            shots.push_back({.embedding = track.shots[i], .weight = std::max(quality, kLeastWeight)});
        }
    }
    return shots;
}

bool IsFaceTracks(std::string_view document) {
    const auto json = ParseJson(document);
    return json && HasSchema(*json);
}

Result<FaceTracks> ReadFaceTracks(std::string_view document) {
    const auto json = ParseJson(document);
    if (!json) {
        return Unexpected(json.error());
    }
    if (!HasSchema(*json)) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("not a document of schema {}", kFaceTracksSchema)
        );
    }
    DocumentFields fields(*json);
    FaceTracks found{.tracks = {}, .cuts_ms = ReadCuts(fields), .timebase = ReadTimebase(fields)};
    const auto rows = fields.List("tracks");
    if (auto checked = fields.Check(); !checked) {
        return Unexpected(checked.error().Within(kFaceTracksSchema));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto track = ReadTrack(rows[i]);
        if (!track) {
            return Unexpected(
                track.error().Within(fmt::format("{}, track {} of the list", kFaceTracksSchema, i + 1))
            );
        }
        found.tracks.push_back(std::move(*track));
    }
    const auto number = [](const TrackFacts& facts) { return facts.track.number; };
    std::ranges::sort(found.tracks, {}, number);
    if (const auto twice = std::ranges::adjacent_find(found.tracks, {}, number);
        twice != found.tracks.end()) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("there are two face tracks {}", number(*twice)));
    }
    return found;
}

std::vector<Embedding> ReadEmbeddings(std::string_view bytes) {
    std::vector<Embedding> embeddings(bytes.size() / sizeof(Embedding));
    std::size_t at = 0;
    for (auto& embedding : embeddings) {
        for (float& value : embedding) {
            std::uint32_t bits = 0;
            for (unsigned int shift = 0; shift < 32; shift += 8) {
                bits |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at++])) << shift;
            }
            value = std::bit_cast<float>(bits);
        }
    }
    return embeddings;
}

Result<void> AddEmbeddings(FaceTracks& tracks, std::string_view bytes) {
    const auto embeddings = ReadEmbeddings(bytes);
    for (auto& facts : tracks.tracks) {
        const std::size_t count = facts.qualities.size();
        if (facts.first_embedding > embeddings.size() || count > embeddings.size() - facts.first_embedding) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("face track {} has no embeddings for its shots", facts.track.number)
            );
        }
        const auto first = embeddings.begin() + static_cast<std::ptrdiff_t>(facts.first_embedding);
        facts.track.shots.assign(first, first + static_cast<std::ptrdiff_t>(count));
    }
    return {};
}

}  // namespace notify
