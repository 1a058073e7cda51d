#pragma once

// Pixels in memory: 8 bits a channel, three channels, rows one after the other.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace notify {

enum class PixelOrder : std::uint8_t { kBgr, kRgb };

/// Borrowed pixels: row y begins at `pixels + y * stride_bytes`, 3 bytes a pixel.
struct PictureView {
    const std::uint8_t* pixels = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t stride_bytes = 0;
    PixelOrder order = PixelOrder::kBgr;
};

/// Owned pixels without gaps between rows.
struct Picture {
    int width = 0;
    int height = 0;
    PixelOrder order = PixelOrder::kBgr;
    std::vector<std::uint8_t> bytes;  ///< width · height · 3

    [[nodiscard]] PictureView View() const noexcept {
        return {
            .pixels = bytes.data(),
            .width = width,
            .height = height,
            .stride_bytes = std::ptrdiff_t{width} * 3,
            .order = order
        };
    }
};

/// A rectangle in pixels.
struct Rectangle {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
};

/// The part of `rectangle` inside a picture of that size; empty (width or height 0) when there is none.
[[nodiscard]] Rectangle Clip(const Rectangle& rectangle, int width, int height) noexcept;

/// `picture` turned clockwise by 0, 90, 180 or 270 degrees; other angles leave it as it is.
[[nodiscard]] Picture Rotated(Picture picture, int degrees);

}  // namespace notify
