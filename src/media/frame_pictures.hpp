#pragma once

// From a decoded frame to pictures: scaled for analysis, or a rectangle at full resolution.

#include <map>
#include <utility>

#include "media/ffmpeg.hpp"
#include "media/picture.hpp"

namespace notify {

/// Keeps the scalers of a decode. Not thread-safe.
class FramePictures final {
public:
    /// `rotation`: clockwise degrees, 0, 90, 180 or 270.
    explicit FramePictures(int rotation) : rotation_(rotation) {}

    /// For pictures that say only with the frame how they are turned (EXIF).
    void SetRotation(int rotation) noexcept { rotation_ = rotation; }

    /// The whole frame with `long_side` pixels on its long side (never enlarged), upright, blue first.
    [[nodiscard]] Result<Picture> Analysis(const AVFrame& frame, int long_side);

    /// A rectangle in upright coordinates of the full frame, red first.
    [[nodiscard]] Result<Picture> Region(const AVFrame& frame, const Rectangle& rectangle);

    /// Upright size of the frame.
    [[nodiscard]] std::pair<int, int> FullSize(const AVFrame& frame) const noexcept;

private:
    int rotation_;
    std::map<int, ScalerPtr> analysis_;  ///< By long side.
    ScalerPtr region_;
};

}  // namespace notify
