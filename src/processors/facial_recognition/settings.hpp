#pragma once

// The processor's configuration, as its schema in processors/kinds.cpp declares it.

#include <boost/json.hpp>

#include "core/result.hpp"

namespace notify {

struct FaceSettings {
    double fps = 5;                    ///< Frames a second that are looked at; frames after cuts come on top.
    int long_side = 640;               ///< Of the picture in which faces are looked for.
    int min_face_px = 24;              ///< Smallest face, longer side of its box, in pixels of that picture.
    double detection_threshold = 0.6;  ///< How sure the detector must be, 0 … 1.
    int shots = 5;                     ///< Best pictures kept of a track, 1 … 8.
    bool thumbnails = true;
    double least_visible_s = 0;      ///< Faces of a video that are seen for less in all are left out …
    double least_visible_share = 0;  ///< … unless it is this share of it; 0: none is.

    /// Milliseconds between two samples.
    [[nodiscard]] double StepMs() const noexcept { return 1000.0 / fps; }
};

/// Reads a configuration that was checked against the schema; members that are missing keep their defaults.
/// kInvalidArgument when a member has another type or lies outside what the schema allows.
[[nodiscard]] Result<FaceSettings> ReadFaceSettings(const boost::json::object& config);

}  // namespace notify
