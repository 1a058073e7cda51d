#pragma once

// Finds hard cuts from a coarse look at each frame.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/ffmpeg.hpp"

namespace notify {

/// Compares each frame with the one before by brightness and colour histograms and by a coarse grid of
/// pixels. A cut is a change that is large and stands out from the changes around it, so that motion and
/// flicker are none. Costs about 20 µs a frame. Not thread-safe.
class CutDetector final {
public:
    /// True when a cut lies between the frame before and this one.
    [[nodiscard]] bool IsAfterCut(const AVFrame& frame);

private:
    static constexpr std::size_t kColumns = 64;
    static constexpr std::size_t kRows = 36;
    static constexpr std::size_t kBins = 32;

    struct Look {
        std::vector<std::uint8_t> grid;
        std::array<float, 3 * kBins> histogram{};
    };

    [[nodiscard]] static Look LookAt(const AVFrame& frame);

    Look before_;
    float usual_change_ = 0;
};

}  // namespace notify
