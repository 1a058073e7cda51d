#pragma once

// From a decoded frame to pictures: scaled for analysis, or a rectangle at full resolution.

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "media/ffmpeg.hpp"
#include "media/orientation.hpp"
#include "media/picture.hpp"

namespace notify {

/// Keeps the scalers of a decode. Not thread-safe.
class FramePictures final {
public:
    /// `turn`: how frames become upright.
    explicit FramePictures(Orientation turn) : turn_(turn) {}

    /// The whole frame with `long_side` pixels on its long side (never enlarged), upright, blue first.
    [[nodiscard]] Result<Picture> Analysis(const AVFrame& frame, int long_side);

    /// A rectangle in upright coordinates of the full frame, red first.
    [[nodiscard]] Result<Picture> Region(const AVFrame& frame, const Rectangle& rectangle);

    /// Upright size of the frame.
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

    /// `cut` lies in the frame as it is after mirroring and before turning.
    [[nodiscard]] Result<Picture> Convert(
        Scaler& scaler, const AVFrame& frame, const Rectangle& cut, Size to, PixelOrder order
    );

    Orientation turn_;
    std::map<int, Scaler> analysis_;  ///< By long side.
    Scaler region_;
    std::vector<std::uint8_t> padded_;  ///< What swscale writes to.
};

}  // namespace notify
