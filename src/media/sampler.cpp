#include "media/sampler.hpp"

#include <cmath>
#include <cstdint>

namespace notify {

bool Sampler::Takes(const FrameFacts& frame) noexcept {
    cut_since_taken_ = cut_since_taken_ || frame.after_cut;
    bool takes = wants_.every_frame;
    if (!takes && !frame.disposable) {
        const double ticks = static_cast<double>(frame.sampled_ms) * wants_.fps / 1000.0;
        takes = ticks + 1e-6 >= static_cast<double>(next_tick_) || (wants_.scene_cuts && frame.after_cut);
        if (ticks + 1e-6 >= static_cast<double>(next_tick_)) {
            next_tick_ = static_cast<std::int64_t>(std::floor(ticks + 1e-6)) + 1;
        }
    }
    if (takes) {
        after_cut_ = cut_since_taken_;
        cut_since_taken_ = false;
    }
    return takes;
}

}  // namespace notify
