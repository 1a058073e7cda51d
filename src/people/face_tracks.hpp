#pragma once

// The result "face_tracks/1" as people/ reads it.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/timecode.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"

namespace notify {

inline constexpr std::string_view kFaceTracksKind = "face_tracks";
inline constexpr std::string_view kFaceTracksSchema = "face_tracks/1";

struct TimedBox {
    std::int64_t ms = 0;
    Box box;
};

/// A track with what naming needs beyond the stored facts. `track.id` and `track.result_id` are empty.
struct TrackFacts {
    FaceTrack track;
    std::vector<double> qualities;    ///< Of track.shots, beside them.
    std::size_t first_embedding = 0;  ///< Where its shots begin in the artifact "embeddings".
    std::vector<TimedBox> boxes;      ///< Where the face is seen, by time; one at least.

    /// The shots, each counting by its quality.
    [[nodiscard]] std::vector<WeighedEmbedding> Shots() const;
};

struct FaceTracks {
    std::vector<TrackFacts> tracks;     ///< By number.
    std::vector<std::int64_t> cuts_ms;  ///< When the picture changed at once, rising.
    Timebase timebase;                  ///< Of the video; none for a picture.
};

/// True for a document of this schema, whatever else is in it.
[[nodiscard]] bool IsFaceTracks(std::string_view document);

/// Reads a result's document. `shots` are left empty: see AddEmbeddings. kInvalidArgument with what is wrong:
/// a member that is missing, of another kind or out of its range, or two tracks of one number.
[[nodiscard]] Result<FaceTracks> ReadFaceTracks(std::string_view document);

/// Gives each track its shots from the artifact "embeddings": 128 little-endian floats a shot.
/// kInvalidArgument when there are fewer than the document says.
[[nodiscard]] Result<void> AddEmbeddings(FaceTracks& tracks, std::string_view bytes);

/// Reads embeddings as the processors write them.
[[nodiscard]] std::vector<Embedding> ReadEmbeddings(std::string_view bytes);

}  // namespace notify
