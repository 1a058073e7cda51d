#include "processors/facial_recognition/face_document.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/timecode.hpp"
#include "inference/face_embedder.hpp"
#include "inference/yunet_decode.hpp"
#include "media/decode.hpp"
#include "processors/facial_recognition/track_record.hpp"
#include "processors/processor.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostBoxes = 200'000;  // 12 MB of document

/// None for pictures.
Timebase TimebaseOf(const DecodeSummary& summary) {
    const auto& media = summary.media;
    return media.video && !media.still_image ? media.video->timebase : Timebase{};
}

boost::json::object MediaJson(const DecodeSummary& summary) {
    const auto& media = summary.media;
    boost::json::object json{
        {"media_type", media.media_type},
        {"duration_ms", media.still_image ? 0 : summary.end_ms},
        {"width", media.video ? media.video->width : 0},
        {"height", media.video ? media.video->height : 0},
        {"truncated", summary.truncated}
    };
    const auto timebase = TimebaseOf(summary);
    if (timebase.rate.IsKnown()) {
        json["frame_rate"] = ToText(timebase.rate);
        json["drop_frame"] = timebase.drop_frame;
        json["start_timecode"] = nullptr;
        if (media.video && media.video->has_timecode) {
            json["start_timecode"] = TimecodeOf(timebase.start, timebase.rate, timebase.drop_frame);
        }
    }
    return json;
}

/// `name`_ms, and where the media has them `name`_frame and `name`_timecode.
void AddTime(boost::json::object& row, std::string_view name, std::int64_t ms, const Timebase& timebase) {
    row[fmt::format("{}_ms", name)] = ms;
    if (const auto frame = FrameAt(ms, timebase.rate)) {
        row[fmt::format("{}_frame", name)] = *frame;
    }
    if (const auto timecode = TimecodeAt(ms, timebase)) {
        row[fmt::format("{}_timecode", name)] = *timecode;
    }
}

boost::json::object TrackJson(
    const FinishedTrack& track, std::size_t number, int link, const Timebase& timebase
) {
    boost::json::object row{{"track", number}, {"link", link}};
    AddTime(row, "start", track.start_ms, timebase);
    AddTime(row, "end", track.end_ms, timebase);
    AddTime(row, "best_shot", track.best.ms, timebase);
    row["best_box"] = BoxJson(track.best.box);
    row["quality"] = Rounded(track.quality);
    return row;
}

/// Every how many boxes of a track one is written, so that a long crowd's document stays within its bound.
std::size_t Thinning(std::span<const FinishedTrack> tracks) {
    std::size_t boxes = 0;
    for (const auto& track : tracks) {
        boxes += track.boxes.size();
    }
    return std::max<std::size_t>(1, (boxes + kMostBoxes - 1) / kMostBoxes);
}

/// The first and the last box are kept.
boost::json::array BoxesJson(const FinishedTrack& track, std::size_t thinning) {
    boost::json::array boxes;
    for (std::size_t i = 0; i < track.boxes.size(); ++i) {
        if (i % thinning != 0 && i + 1 != track.boxes.size()) {
            continue;
        }
        const auto& sampled = track.boxes[i];
        boost::json::object box{{"ms", sampled.ms}};
        for (const auto& side : BoxJson(sampled.box)) {
            box.insert(side);
        }
        boxes.push_back(std::move(box));
    }
    return boxes;
}

boost::json::array ShotsJson(const FinishedTrack& track) {
    boost::json::array shots;
    for (const auto& finished : track.shots) {
        shots.push_back(
            boost::json::object{{"ms", finished.shot.ms}, {"quality", Rounded(double{finished.shot.quality})}}
        );
    }
    return shots;
}

}  // namespace

double Rounded(double value) noexcept {
    return std::round(value * 1e4) / 1e4;
}

boost::json::object BoxJson(const FaceBox& box) {
    return {
        {"x", std::lround(box.x)},
        {"y", std::lround(box.y)},
        {"width", std::lround(box.width)},
        {"height", std::lround(box.height)}
    };
}

std::string EmbeddingBytes(std::span<const FaceEmbedding> embeddings) {
    std::string bytes;
    bytes.reserve(embeddings.size() * sizeof(FaceEmbedding));
    for (const auto& embedding : embeddings) {
        for (const float value : embedding) {
            const auto bits = std::bit_cast<std::uint32_t>(value);
            for (unsigned int shift = 0; shift < 32; shift += 8) {
                bytes.push_back(static_cast<char>((bits >> shift) & 0xFFU));
            }
        }
    }
    return bytes;
}

Output FaceTracksOutput(
    std::span<const FinishedTrack> tracks,
    std::span<const int> links,
    std::span<const std::int64_t> cuts,
    const DecodeSummary& summary
) {
    Output output;
    boost::json::array rows;
    std::vector<FaceEmbedding> embeddings;
    const auto thinning = Thinning(tracks);
    for (std::size_t i = 0; i < tracks.size(); ++i) {
        const auto& track = tracks[i];
        const auto name = track.thumbnail.empty() ? std::string() : fmt::format("track-{}.jpg", i + 1);
        auto row = TrackJson(track, i + 1, links[i], TimebaseOf(summary));
        row["boxes"] = BoxesJson(track, thinning);
        row["shots"] = ShotsJson(track);
        row["embedding_offset"] = embeddings.size();
        row["thumbnail"] = name;
        rows.push_back(std::move(row));
        for (const auto& finished : track.shots) {
            embeddings.push_back(finished.shot.embedding);
        }
        if (!name.empty()) {
            output.artifacts.push_back(
                {.name = name, .media_type = "image/jpeg", .bytes = track.thumbnail, .sealed = true}
            );
        }
    }
    output.document = {
        {"schema", "face_tracks/1"},
        {"media", MediaJson(summary)},
        {"cuts_ms", boost::json::array(cuts.begin(), cuts.end())},
        {"tracks", std::move(rows)}
    };
    output.artifacts.push_back(
        {.name = std::string(kEmbeddingsArtifact),
         .media_type = "application/octet-stream",
         .bytes = EmbeddingBytes(embeddings),
         .sealed = true}
    );
    return output;
}

}  // namespace notify
