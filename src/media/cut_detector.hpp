#pragma once

// Finds hard cuts from a coarse look at each frame.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/binary.hpp"
#include "media/ffmpeg.hpp"

namespace notify {

/// Compares each frame with the one before by brightness and colour histograms and by a coarse grid of
/// pixels. A cut is a change that is large and stands out from the changes around it, so that motion and
/// flicker are none. Costs about 20 µs a frame. Not thread-safe.
class CutDetector final {
public:
    /// True when a cut lies between the frame before and this one.
    [[nodiscard]] bool IsAfterCut(const AVFrame& frame);

    /// A number that other frames do not have, of the grid of the frame that was looked at last; nothing when
    /// it could not be read.
    [[nodiscard]] std::optional<std::uint64_t> Fingerprint() const noexcept;

    static void Members(auto& archive, Either<CutDetector> auto& cuts) {
        archive(cuts.before_, cuts.usual_change_);
    }

    /// What looking at frames can have made of it.
    [[nodiscard]] bool IsPlausible() const noexcept {
        return before_.grid.empty() || before_.grid.size() == kColumns * kRows;
    }

private:
    static constexpr std::size_t kColumns = 64;
    static constexpr std::size_t kRows = 36;
    static constexpr std::size_t kBins = 32;

    struct Look {
        std::vector<std::uint8_t> grid;
        std::array<float, 3 * kBins> histogram{};

        static void Members(auto& archive, Either<Look> auto& look) { archive(look.grid, look.histogram); }
    };

    [[nodiscard]] static Look LookAt(const AVFrame& frame);

    Look before_;
    float usual_change_ = 0;
};

}  // namespace notify
