#pragma once

// Which of the eligible frames a subscription gets.

#include <cstdint>

#include "core/binary.hpp"
#include "media/decode.hpp"

namespace notify {

/// What is known of a decoded frame when subscriptions choose.
struct FrameFacts {
    std::int64_t pts_ms = 0;      ///< On the clock of all frames.
    std::int64_t sampled_ms = 0;  ///< On the clock of eligible (not disposable) frames.
    bool disposable = false;
    bool after_cut = false;  ///< Of eligible frames only.
};

/// Decides for one subscription, frame by frame in presentation order.
class Sampler final {
public:
    explicit Sampler(const Wants& wants) : wants_(wants) {}

    /// True when the subscription gets this frame: every frame, or one at or after each tick of 1/fps counted
    /// from 0, or the first eligible one after a cut.
    [[nodiscard]] bool Takes(const FrameFacts& frame) noexcept;

    /// True when a cut (or the beginning) lies between the frame taken before and this one.
    [[nodiscard]] bool AfterCut() const noexcept { return after_cut_; }

    static void Members(auto& archive, Either<Sampler> auto& sampler) {
        archive(sampler.next_tick_, sampler.cut_since_taken_, sampler.after_cut_);
    }

private:
    Wants wants_;
    std::int64_t next_tick_ = 0;
    bool cut_since_taken_ = true;
    bool after_cut_ = false;
};

}  // namespace notify
