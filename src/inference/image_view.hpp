#pragma once

// An image somebody else owns: 8 bits per channel, three channels, rows one after the other.

#include <cstddef>
#include <cstdint>

namespace notify {

enum class ChannelOrder : std::uint8_t { kBgr, kRgb };

/// Borrowed pixels; whoever made the view keeps them alive. `pixels` points at the top left one; a row has
/// `width` · 3 bytes and the next begins `stride_bytes` after it (at least width · 3).
struct ImageView {
    const std::uint8_t* pixels = nullptr;
    int width = 0;
    int height = 0;
    std::ptrdiff_t stride_bytes = 0;
    ChannelOrder order = ChannelOrder::kBgr;
};

/// Whether the view can be read at all: pixels, sizes from 1 to 32,767, a stride that holds a row.
[[nodiscard]] constexpr bool IsReadable(const ImageView& image) noexcept {
    constexpr int kLargestSide = 32767;
    return image.pixels != nullptr && image.width > 0 && image.height > 0 && image.width <= kLargestSide &&
           image.height <= kLargestSide && image.stride_bytes >= std::ptrdiff_t{image.width} * 3;
}

/// A position in an image, in pixels; the centre of the top left pixel is (0, 0).
struct Point {
    float x = 0;
    float y = 0;
};

}  // namespace notify
