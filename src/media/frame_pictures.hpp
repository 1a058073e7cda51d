#pragma once

// From a decoded frame to pictures: scaled for analysis, or a rectangle at full resolution. Pixels are
// squared, and fields of different moments are kept apart.

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "media/ffmpeg.hpp"
#include "media/orientation.hpp"
#include "media/picture.hpp"
#include "media/probe.hpp"

namespace notify {

/// Keeps the scalers of a decode. Not thread-safe.
class FramePictures final {
public:
    /// `turn`: how frames become upright. `aspect`: width of a pixel by its height, 1/4 … 4/1.
    FramePictures(Orientation turn, Rational aspect) : turn_(turn), aspect_(aspect) {}

    /// The whole frame with `long_side` pixels on its long side (never enlarged), upright, blue first. Of an
    /// interlaced frame one field.
    [[nodiscard]] Result<Picture> Analysis(const AVFrame& frame, int long_side);

    /// A rectangle in display pixels of the full frame (FullSize), red first. Of an interlaced frame both
    /// fields where nothing moves, else one.
    [[nodiscard]] Result<Picture> Region(const AVFrame& frame, const Rectangle& rectangle);

    /// Size of the frame in display pixels.
    [[nodiscard]] std::pair<int, int> FullSize(const AVFrame& frame) const noexcept;

private:
    struct Size {
        int width;
        int height;
    };

    /// A scaler and what it was made for.
    struct Scaler {
        ScalerPtr context;
        std::array<int, 8> made_for{};

        [[nodiscard]] SwsContext* For(const AVFrame& frame, Size from, Size to, PixelOrder order);
    };

    /// What of a frame is converted: `cut` as it is after mirroring and before turning, in coded pixels. With
    /// `row_step` 2 the rows of one field, `cut` being in those.
    struct Part {
        Rectangle cut;
        int row_step = 1;
    };

    [[nodiscard]] Result<Picture> Convert(
        Scaler& scaler, const AVFrame& frame, const Part& part, Size to, PixelOrder order
    );

    /// Before turning.
    [[nodiscard]] Size SquaredSize(const AVFrame& frame) const noexcept;

    Orientation turn_;
    Rational aspect_;
    std::map<int, Scaler> analysis_;  ///< By long side.
    Scaler region_;
    std::vector<std::uint8_t> padded_;  ///< What swscale writes to.
};

}  // namespace notify
