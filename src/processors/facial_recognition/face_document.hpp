#pragma once

// The results' JSON, "face_tracks/1" and "face_photo/1", and the embeddings beside it
// (docs/processors/facial-recognition.md).

#include <span>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "processors/facial_recognition/track_record.hpp"
#include "processors/processor.hpp"

namespace notify {

inline constexpr std::string_view kEmbeddingsArtifact = "embeddings";

/// 128 little-endian 32-bit floats each, one after the other.
[[nodiscard]] std::string EmbeddingBytes(std::span<const FaceEmbedding> embeddings);

/// {"x", "y", "width", "height"} in whole pixels.
[[nodiscard]] boost::json::object BoxJson(const FaceBox& box);

/// `value` to four digits behind the point: what the documents hold.
[[nodiscard]] double Rounded(double value) noexcept;

/// Document and artifacts of tracks in the order they are numbered in; `links` beside them. `cuts`: when the
/// picture changed at once. The boxes of all tracks are thinned evenly when they are more than 200,000.
[[nodiscard]] Output FaceTracksOutput(
    std::span<const FinishedTrack> tracks,
    std::span<const int> links,
    std::span<const std::int64_t> cuts,
    const DecodeSummary& summary
);

}  // namespace notify
