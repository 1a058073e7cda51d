#include "media/combing.hpp"

#include <cstddef>
#include <cstdint>

#include "media/picture.hpp"

namespace notify {

namespace {

/// Both steps to a comb's tooth multiplied, in squared levels of all three channels together. Noise of two
/// levels stays below it.
constexpr int kTooth = 30 * 30;

int Level(const std::uint8_t* pixel) noexcept {
    return pixel[0] + pixel[1] + pixel[2];
}

}  // namespace

void MendCombs(Picture& woven) {
    const auto row_bytes = std::ptrdiff_t{woven.width} * 3;
    for (int y = 1; y + 1 < woven.height; y += 2) {
        auto* pixel = woven.bytes.data() + y * row_bytes;
        for (int x = 0; x < woven.width; ++x, pixel += 3) {
            const auto* above = pixel - row_bytes;
            const auto* below = pixel + row_bytes;
            const int level = Level(pixel);
            if ((Level(above) - level) * (Level(below) - level) <= kTooth) {
                continue;
            }
            for (int channel = 0; channel < 3; ++channel) {
                pixel[channel] = static_cast<std::uint8_t>((above[channel] + below[channel] + 1) / 2);
            }
        }
    }
}

}  // namespace notify
