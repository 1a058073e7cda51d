// How a DecodeRun is left, and how another one goes on there.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/result.hpp"
#include "media/decode.hpp"
#include "media/decode_point.hpp"
#include "media/decode_run.hpp"
#include "media/ffmpeg.hpp"
#include "media/sampler.hpp"

namespace notify {

namespace {

constexpr std::int64_t kAheadSeconds = 2;  // before the first frame that is compared

}  // namespace

Unexpected NoWayOn() {
    return Unexpected(
        Error{
            .code = ErrorCode::kConflict,
            .stage = "decode",
            .reason = std::string(kNoWayOn),
            .retry_after = {},
            .message = "the media does not come by the place where its decode was left"
        }
    );
}

Result<void> DecodeRun::GoTo(const DecodePoint& goal) {
    const bool same_clocks = goal.clocks.all.IsFor(stream_.time_base, Jumps()) &&
                             goal.clocks.eligible.IsFor(stream_.time_base, Jumps());
    const auto ahead = av_rescale_q(kAheadSeconds, {.num = 1, .den = 1}, stream_.time_base);
    std::int64_t time = 0;
    if (__builtin_sub_overflow(goal.trail.FirstTime(), ahead, &time)) {
        return NoWayOn();
    }
    if (stream_.start_time != AV_NOPTS_VALUE) {
        time = std::max(time, stream_.start_time);
    }
    if (!same_clocks || av_seek_frame(&demuxer_.Format(), stream_.index, time, AVSEEK_FLAG_BACKWARD) < 0) {
        return NoWayOn();
    }
    goal_ = goal;
    clocks_ = goal.clocks;
    return {};
}

/// Frames up to the goal are only compared: nobody gets them again.
Result<void> DecodeRun::Approach(const AVFrame& frame) {
    if (static_cast<Fate>(frame.reordered_opaque) != Fate::kEligible) {
        return {};
    }
    const auto time = TimeOf(frame);
    if (summary_.decoded_frames++ == 0 && time) {
        from_ms_ = clocks_->eligible.At(*time);
    }
    static_cast<void>(cuts_.IsAfterCut(frame));
    trail_.Add(time, cuts_.Fingerprint());
    if (options_.progress) {
        options_.progress(goal_->position_ms, demuxer_.Info().duration_ms);
    }
    if (!trail_.IsOrderly() || trail_.LastTime() > goal_->trail.LastTime()) {
        return NoWayOn();
    }
    if (trail_.LastTime() < goal_->trail.LastTime()) {
        return {};
    }
    if (!trail_.EndsAs(goal_->trail)) {
        return NoWayOn();
    }
    const auto there = *std::exchange(goal_, std::nullopt);
    trail_ = there.trail;
    cuts_ = there.cuts;
    summary_.decoded_frames = there.decoded_frames;
    summary_.error_packets = there.error_packets;
    summary_.last_ms = there.last_ms;
    summary_.truncated = summary_.truncated || there.truncated;
    for (auto& subscriber : subscribers_) {
        if (auto joined = Join(subscriber, {.sampled_ms = there.position_ms}); !joined) {
            return joined;
        }
    }
    return {};
}

/// Gives the subscriber its place when this eligible frame is the one it was left at.
Result<void> DecodeRun::Join(Subscriber& subscriber, const FrameFacts& facts) {
    const auto& point = *subscriber.goes_on_at;
    if (facts.disposable || facts.sampled_ms < point.position_ms) {
        return {};
    }
    if (facts.sampled_ms > point.position_ms || !trail_.EndsAs(point.trail)) {
        return NoWayOn();
    }
    subscriber.sampler = point.sampler;
    subscriber.between.Begin(facts.sampled_ms);
    subscriber.frames = point.frames;
    subscriber.goes_on_at.reset();
    has_begun_ = true;
    if (subscriber.subscription->on_resumed) {
        subscriber.subscription->on_resumed(facts.sampled_ms, from_ms_);
    }
    return {};
}

bool DecodeRun::AllJoined() const {
    return std::ranges::none_of(subscribers_, [](const auto& subscriber) {
        return subscriber.goes_on_at.has_value();
    });
}

/// Only where every packet says when its frame is presented does the rest follow from what is saved, and
/// only at a sample of those who look back at frames between two of them.
Result<void> DecodeRun::MayLeave(const FrameFacts& facts) {
    const bool may = options_.may_leave && !facts.disposable && !demuxer_.Info().still_image &&
                     packets_.KnowsOrder() && trail_.IsUsable() && AllJoined() &&
                     std::ranges::all_of(subscribers_, [&](const auto& subscriber) {
                         return !subscriber.outcome || subscriber.between.IsAt(facts.sampled_ms);
                     });
    return may ? options_.may_leave(*this) : Result<void>{};
}

std::int64_t DecodeRun::PositionMs() const {
    return clocks_->eligible.LastMs().value_or(0);
}

std::string DecodeRun::Save(std::size_t subscription) const {
    const auto& subscriber = subscribers_.at(subscription);
    return ToBytes({
        .trail = trail_,
        .position_ms = PositionMs(),
        .clocks = *clocks_,
        .cuts = cuts_,
        .decoded_frames = summary_.decoded_frames,
        .error_packets = summary_.error_packets,
        .last_ms = summary_.last_ms,
        .truncated = summary_.truncated,
        .sampler = subscriber.sampler,
        .frames = subscriber.frames,
    });
}

}  // namespace notify
