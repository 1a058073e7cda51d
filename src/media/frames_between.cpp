#include "media/frames_between.hpp"

#include <cstdint>
#include <utility>

#include "media/ffmpeg.hpp"

namespace notify {

void FramesBetween::Begin(std::int64_t sample_ms) {
    begun_ms_ = sample_ms;
    frames_.clear();
    times_.clear();
}

void FramesBetween::Offer(const AVFrame& frame, std::int64_t ms) {
    const auto kept = static_cast<double>(frames_.size());
    if (kept >= most_ || begun_ms_ < 0 ||
        static_cast<double>(ms - begun_ms_) < step_ms_ * (kept + 1) / (most_ + 1)) {
        return;
    }
    if (FramePtr held{av_frame_clone(&frame)}; held != nullptr) {
        frames_.push_back(std::move(held));
        times_.push_back(ms);
    }
}

}  // namespace notify
