#pragma once

// The frames between two samples that a subscription may look back at.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/decode.hpp"
#include "media/ffmpeg.hpp"

namespace notify {

/// Holds at most `wants.between` frames, spread evenly over the time to the next sample. Not thread-safe.
class FramesBetween final {
public:
    explicit FramesBetween(const Wants& wants) : most_(wants.between), step_ms_(1000.0 / wants.fps) {}

    FramesBetween(const FramesBetween&) = delete;
    FramesBetween& operator=(const FramesBetween&) = delete;
    FramesBetween(FramesBetween&&) noexcept = default;
    FramesBetween& operator=(FramesBetween&&) noexcept = default;
    ~FramesBetween() = default;

    /// Begins anew after a sample at that time.
    void Begin(std::int64_t sample_ms);

    /// Keeps an eligible frame that is no sample when its place is not taken yet. The frame's pixels are
    /// shared, not copied.
    void Offer(const AVFrame& frame, std::int64_t ms);

    /// No frame has come since the sample at that time: nothing would be missed by who begins there.
    [[nodiscard]] bool IsAt(std::int64_t sample_ms) const noexcept {
        return most_ == 0 || (frames_.empty() && begun_ms_ == sample_ms);
    }

    /// In time.
    [[nodiscard]] const std::vector<std::int64_t>& Times() const noexcept { return times_; }

    [[nodiscard]] const AVFrame& At(std::size_t index) const { return *frames_.at(index); }

private:
    int most_;
    double step_ms_;
    std::int64_t begun_ms_ = -1;
    std::vector<FramePtr> frames_;
    std::vector<std::int64_t> times_;
};

}  // namespace notify
