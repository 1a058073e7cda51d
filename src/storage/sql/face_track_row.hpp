#pragma once

// A row of the table face_track, as far as it says where the face is.

#include "domain/person.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Of the columns id, anchor, result_id, number, link, start_ms, end_ms, best_shot_ms, box_x, box_y,
/// box_width, box_height.
[[nodiscard]] inline FaceTrack ReadTrackPlace(Row& row) {
    FaceTrack track;
    track.id = row.As<TrackId>();
    track.anchor = row.As<TrackId>();
    track.result_id = row.As<ResultId>();
    track.number = row.Int();
    track.link = row.Int();
    track.start_ms = row.Integer();
    track.end_ms = row.Integer();
    track.best_shot_ms = row.Integer();
    track.best_box = {.x = row.Real(), .y = row.Real(), .width = row.Real(), .height = row.Real()};
    return track;
}

}  // namespace notify::sql
