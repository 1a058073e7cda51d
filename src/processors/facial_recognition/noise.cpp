#include "processors/facial_recognition/noise.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "media/picture.hpp"

namespace notify {

namespace {

constexpr int kChannels = 3;
constexpr int kGreen = 1;

// The standard deviation of what is left of noise of standard deviation 1, and the median of its amount when
// that is 1.
constexpr double kGain = 6;
constexpr double kMedian = 0.6745;

constexpr std::array<int, 5> kWeights{1, 4, 6, 4, 1};
constexpr int kReach = 2;
constexpr int kSum = 16;

/// Averages along one axis: `count` lines of `length` pixels. Steps are in bytes.
void SmoothLines(
    const std::uint8_t* from,
    std::uint8_t* to,
    std::array<int, 2> lengths,
    std::array<std::ptrdiff_t, 2> steps
) {
    const auto [count, length] = lengths;
    const auto [line_step, step] = steps;
    for (int line = 0; line < count; ++line) {
        for (int at = 0; at < length; ++at) {
            for (int channel = 0; channel < kChannels; ++channel) {
                const std::ptrdiff_t start = (line * line_step) + channel;
                int sum = kSum / 2;
                int near = at - kReach;
                for (const int weight : kWeights) {
                    sum += weight * from[start + (std::clamp(near, 0, length - 1) * step)];
                    ++near;
                }
                to[start + (at * step)] = static_cast<std::uint8_t>(sum / kSum);
            }
        }
    }
}

}  // namespace

double NoiseOf(const Picture& picture) {
    if (picture.width < 3 || picture.height < 3) {
        return 0;
    }
    const std::ptrdiff_t row = std::ptrdiff_t{picture.width} * kChannels;
    std::vector<int> left;
    left.reserve(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
    for (int y = 1; y + 1 < picture.height; ++y) {
        const auto* p = picture.bytes.data() + (y * row) + kChannels + kGreen;
        for (int x = 1; x + 1 < picture.width; ++x, p += kChannels) {
            const int corners =
                p[-row - kChannels] + p[-row + kChannels] + p[row - kChannels] + p[row + kChannels];
            const int sides = p[-row] + p[row] + p[-kChannels] + p[kChannels];
            left.push_back(std::abs(corners - (2 * sides) + (4 * *p)));
        }
    }
    const auto middle = left.begin() + static_cast<std::ptrdiff_t>(left.size() / 2);
    std::ranges::nth_element(left, middle);
    return *middle / (kMedian * kGain);
}

Picture Smoothed(const Picture& picture) {
    const std::ptrdiff_t row = std::ptrdiff_t{picture.width} * kChannels;
    Picture across = picture;
    SmoothLines(picture.bytes.data(), across.bytes.data(), {picture.height, picture.width}, {row, kChannels});
    Picture both = picture;
    SmoothLines(across.bytes.data(), both.bytes.data(), {picture.width, picture.height}, {kChannels, row});
    return both;
}

}  // namespace notify
