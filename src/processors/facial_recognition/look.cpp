#include "processors/facial_recognition/look.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "inference/face_chip.hpp"
#include "inference/image_view.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

namespace {

constexpr int kGrid = 32;
constexpr int kCells = 8;
constexpr double kFirst = 26;  // of the chip's 150 pixels: from the brows to the chin, without background
constexpr double kSpacing = 98.0 / (kGrid - 1);

/// The edge strength, relative to contrast, at which a face counts as half sharp (see the measurements in
/// docs/processors/facial-recognition.md).
constexpr float kHalfSharp = 0.22F;

using Grid = std::array<float, std::size_t{kGrid} * kGrid>;

float GreyAt(const ImageView& image, int x, int y) {
    const auto* p = image.pixels + (std::ptrdiff_t{y} * image.stride_bytes) + (std::ptrdiff_t{x} * 3);
    const bool bgr = image.order == ChannelOrder::kBgr;
    return (0.299F * static_cast<float>(p[bgr ? 2 : 0])) + (0.587F * static_cast<float>(p[1])) +
           (0.114F * static_cast<float>(p[bgr ? 0 : 2]));
}

/// Bilinear; beyond the border the nearest pixel.
float GreyBetween(const ImageView& image, double x, double y) {
    x = std::clamp(x, 0.0, static_cast<double>(image.width - 1));
    y = std::clamp(y, 0.0, static_cast<double>(image.height - 1));
    const int left = static_cast<int>(x);
    const int top = static_cast<int>(y);
    const int right = std::min(left + 1, image.width - 1);
    const int bottom = std::min(top + 1, image.height - 1);
    const auto u = static_cast<float>(x - left);
    const auto v = static_cast<float>(y - top);
    const float above = (GreyAt(image, left, top) * (1 - u)) + (GreyAt(image, right, top) * u);
    const float below = (GreyAt(image, left, bottom) * (1 - u)) + (GreyAt(image, right, bottom) * u);
    return (above * (1 - v)) + (below * v);
}

Grid Sample(const ImageView& image, const Similarity& to_chip) {
    const double squared = (to_chip.a * to_chip.a) + (to_chip.b * to_chip.b);
    const double a = to_chip.a / squared;
    const double b = -to_chip.b / squared;
    Grid grid{};
    std::size_t i = 0;
    for (int v = 0; v < kGrid; ++v) {
        for (int u = 0; u < kGrid; ++u) {
            const double x = kFirst + (u * kSpacing) - to_chip.shift_x;
            const double y = kFirst + (v * kSpacing) - to_chip.shift_y;
            grid[i++] = GreyBetween(image, (a * x) - (b * y), (b * x) + (a * y));
        }
    }
    return grid;
}

/// Mean absolute Laplacian by standard deviation, squeezed into 0 … 1.
float SharpnessOf(const Grid& grid) {
    float sum = 0;
    float squares = 0;
    float edges = 0;
    for (const float value : grid) {
        sum += value;
        squares += value * value;
    }
    constexpr auto kCount = static_cast<float>(kGrid * kGrid);
    const float variance = (squares / kCount) - (sum / kCount * (sum / kCount));
    for (std::size_t row = 1; row + 1 < kGrid; ++row) {
        for (std::size_t column = 1; column + 1 < kGrid; ++column) {
            const std::size_t i = (row * kGrid) + column;
            edges += std::abs((4 * grid[i]) - grid[i - 1] - grid[i + 1] - grid[i - kGrid] - grid[i + kGrid]);
        }
    }
    if (!(variance > 1)) {
        return 0;
    }
    constexpr auto kInner = static_cast<float>((kGrid - 2) * (kGrid - 2));
    const float strength = edges / kInner / std::sqrt(variance);
    return strength / (strength + kHalfSharp);
}

FaceLook CoarseLook(const Grid& grid) {
    constexpr std::size_t kStep = kGrid / kCells;
    FaceLook look{};
    float mean = 0;
    for (std::size_t row = 0; row < kGrid; ++row) {
        for (std::size_t column = 0; column < kGrid; ++column) {
            const float value = grid[(row * kGrid) + column];
            look[(row / kStep * kCells) + (column / kStep)] += value;
            mean += value / static_cast<float>(look.size());
        }
    }
    float squares = 0;
    for (float& value : look) {
        value -= mean;
        squares += value * value;
    }
    const float length = std::sqrt(squares);
    for (float& value : look) {
        value = length > 1 ? value / length : 0;
    }
    return look;
}

}  // namespace

AlignedLook LookAtFace(const ImageView& image, const Landmarks& landmarks) {
    const auto to_chip = EstimateSimilarity(landmarks, kFaceChipTemplate);
    if (!to_chip || !IsReadable(image) || !((to_chip->a * to_chip->a) + (to_chip->b * to_chip->b) > 1e-6)) {
        return {};
    }
    const Grid grid = Sample(image, *to_chip);
    return {.look = CoarseLook(grid), .sharpness = SharpnessOf(grid)};
}

}  // namespace notify
