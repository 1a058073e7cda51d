#include "media/picture.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace notify {

Rectangle Clip(const Rectangle& rectangle, int width, int height) noexcept {
    // the far edge of a rectangle may lie past what an int holds
    const auto edge = [](int begin, int length, int from, int to) {
        return static_cast<int>(std::clamp<std::int64_t>(std::int64_t{begin} + length, from, to));
    };
    const int left = std::clamp(rectangle.x, 0, width);
    const int top = std::clamp(rectangle.y, 0, height);
    const int right = edge(rectangle.x, rectangle.width, left, width);
    const int bottom = edge(rectangle.y, rectangle.height, top, height);
    return {.x = left, .y = top, .width = right - left, .height = bottom - top};
}

Picture Rotated(Picture picture, int degrees) {
    if (degrees != 90 && degrees != 180 && degrees != 270) {
        return picture;
    }
    const bool sideways = degrees != 180;
    Picture turned{
        .width = sideways ? picture.height : picture.width,
        .height = sideways ? picture.width : picture.height,
        .order = picture.order,
        .bytes = std::vector<std::uint8_t>(picture.bytes.size()),
    };
    const auto source_at = [&](int x, int y) {
        switch (degrees) {
            case 90:
                return std::pair(y, picture.height - 1 - x);
            case 180:
                return std::pair(picture.width - 1 - x, picture.height - 1 - y);
            default:
                return std::pair(picture.width - 1 - y, x);
        }
    };
    auto* out = turned.bytes.data();
    for (int y = 0; y < turned.height; ++y) {
        for (int x = 0; x < turned.width; ++x, out += 3) {
            const auto [from_x, from_y] = source_at(x, y);
            std::copy_n(picture.bytes.data() + (std::ptrdiff_t{from_y} * picture.width + from_x) * 3, 3, out);
        }
    }
    return turned;
}

}  // namespace notify
