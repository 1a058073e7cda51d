#include "people/face_tracks.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/json.hpp"

namespace notify {

namespace {

/// Shots without any quality still count a little, or a track of them had no say at all.
constexpr double kLeastWeight = 0.02;

constexpr std::int64_t kMostTracks = 10'000'000;

using boost::json::object;

double NumberOf(const object& json, std::string_view name) {
    const auto* member = json.if_contains(name);
    boost::system::error_code failed;
    const double number = member != nullptr ? member->to_number<double>(failed) : 0;
    return failed ? 0 : number;
}

std::int64_t WholeOf(const object& json, std::string_view name) {
    const auto* member = json.if_contains(name);
    boost::system::error_code failed;
    const auto number = member != nullptr ? member->to_number<std::int64_t>(failed) : 0;
    return failed ? 0 : number;
}

std::span<const boost::json::value> ListOf(const object& json, std::string_view name) {
    const auto* member = json.if_contains(name);
    const auto* list = member != nullptr ? member->if_array() : nullptr;
    return list != nullptr ? std::span(list->data(), list->size()) : std::span<const boost::json::value>();
}

Box BoxOf(const object& json) {
    return {
        .x = NumberOf(json, "x"),
        .y = NumberOf(json, "y"),
        .width = NumberOf(json, "width"),
        .height = NumberOf(json, "height")
    };
}

Box BoxAt(std::span<const boost::json::value> boxes, std::size_t at, const Box& otherwise) {
    const auto* box = at < boxes.size() ? boxes[at].if_object() : nullptr;
    return box != nullptr ? BoxOf(*box) : otherwise;
}

Result<TrackFacts> ReadTrack(const boost::json::value& value) {
    const auto* json = value.if_object();
    const auto* best = json != nullptr ? json->if_contains("best_box") : nullptr;
    if (best == nullptr || !best->is_object() || WholeOf(*json, "track") < 1 ||
        WholeOf(*json, "track") > kMostTracks || std::abs(WholeOf(*json, "link")) > kMostTracks) {
        return Fail(ErrorCode::kInvalidArgument, "a face track has no number or no best_box");
    }
    TrackFacts facts;
    auto& track = facts.track;
    track.number = static_cast<int>(WholeOf(*json, "track"));
    track.link = static_cast<int>(WholeOf(*json, "link"));
    track.start_ms = WholeOf(*json, "start_ms");
    track.end_ms = WholeOf(*json, "end_ms");
    track.best_shot_ms = WholeOf(*json, "best_shot_ms");
    track.best_box = BoxOf(best->get_object());
    track.quality = NumberOf(*json, "quality");
    if (const auto* name = json->if_contains("thumbnail"); name != nullptr && name->is_string()) {
        track.thumbnail = std::string(name->get_string());
    }
    if (track.end_ms < track.start_ms) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("face track {} ends before it starts", track.number)
        );
    }
    for (const auto& shot : ListOf(*json, "shots")) {
        facts.qualities.push_back(shot.is_object() ? NumberOf(shot.get_object(), "quality") : 0);
    }
    const auto boxes = ListOf(*json, "boxes");
    facts.first_box = BoxAt(boxes, 0, track.best_box);
    facts.last_box = BoxAt(boxes, boxes.empty() ? 0 : boxes.size() - 1, track.best_box);
    return facts;
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
    if (!json || !json->is_object()) {
        return false;
    }
    const auto* schema = json->get_object().if_contains("schema");
    return schema != nullptr && schema->is_string() && schema->get_string() == kFaceTracksSchema;
}

Result<FaceTracks> ReadFaceTracks(std::string_view document) {
    const auto json = ParseJson(document);
    if (!json) {
        return Unexpected(json.error());
    }
    if (!IsFaceTracks(document)) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("not a document of schema {}", kFaceTracksSchema)
        );
    }
    FaceTracks found;
    for (const auto& value : ListOf(json->get_object(), "tracks")) {
        auto track = ReadTrack(value);
        if (!track) {
            return Unexpected(track.error());
        }
        found.tracks.push_back(std::move(*track));
    }
    std::ranges::stable_sort(found.tracks, {}, [](const TrackFacts& facts) { return facts.track.number; });
    for (const auto& value : ListOf(json->get_object(), "cuts_ms")) {
        boost::system::error_code failed;
        if (const auto cut = value.to_number<std::int64_t>(failed); !failed) {
            found.cuts_ms.push_back(cut);
        }
    }
    std::ranges::sort(found.cuts_ms);
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
    std::size_t at = 0;
    for (auto& facts : tracks.tracks) {
        const std::size_t count = facts.qualities.size();
        if (count > embeddings.size() - at) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("face track {} has no embeddings for its shots", facts.track.number)
            );
        }
        const auto first = embeddings.begin() + static_cast<std::ptrdiff_t>(at);
        facts.track.shots.assign(first, first + static_cast<std::ptrdiff_t>(count));
        at += count;
    }
    return {};
}

}  // namespace notify
