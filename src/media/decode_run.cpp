#include "media/decode_run.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "media/decode.hpp"
#include "media/decode_point.hpp"
#include "media/decoded_frame.hpp"
#include "media/demuxer.hpp"
#include "media/disposable.hpp"
#include "media/ffmpeg.hpp"
#include "media/frames_between.hpp"
#include "media/orientation.hpp"
#include "media/presentation_clock.hpp"
#include "media/probe.hpp"
#include "media/sampler.hpp"
#include "media/shape.hpp"

namespace notify {

namespace {

constexpr std::int64_t kLongestTailMs = 10'000;  // frames after the last one that was sampled

Error DecodeError(std::string_view reason, std::string message, ErrorCode code = ErrorCode::kUnsupported) {
    return {
        .code = code,
        .stage = "decode",
        .reason = std::string(reason),
        .retry_after = {},
        .message = std::move(message)
    };
}

/// The container says that its video has frames, whether they are there or not: by its index, or where that
/// is no part of the header by its duration.
bool PromisesFrames(const Demuxer& demuxer) {
    const bool has_index = demuxer.Info().container.starts_with("mov");
    return avformat_index_get_entries_count(demuxer.Video()) > 0 ||
           (!has_index && demuxer.Info().duration_ms > 0);
}

Orientation TurnOf(const MediaInfo& media) {
    const auto video = media.video.value_or(VideoStream{});
    return {.rotation = video.rotation, .mirrored = video.mirrored};
}

}  // namespace

Unexpected NoVideo() {
    return Unexpected(DecodeError("no_video", "the file has no video"));
}

DecodeRun::DecodeRun(
    Demuxer& demuxer,
    std::span<const Subscription> subscriptions,
    const DecodePoints& points,
    const DecodeOptions& options
)
    : demuxer_(demuxer),
      stream_(*demuxer.Video()),
      options_(options),
      packets_(demuxer),
      pictures_(TurnOf(demuxer.Info()), demuxer.Info().video.value_or(VideoStream{}).sample_aspect),
      nobody_wants_all_(std::ranges::none_of(subscriptions, [](const auto& s) {
          return s.wants.every_frame;
      })) {
    summary_.media = demuxer.Info();
    for (std::size_t i = 0; i < subscriptions.size(); ++i) {
        subscribers_.push_back(
            {.subscription = &subscriptions[i],
             .sampler = Sampler(subscriptions[i].wants),
             .between = FramesBetween(subscriptions[i].wants),
             .outcome = {},
             .frames = 0,
             .goes_on_at = points[i]}
        );
    }
}

Result<void> DecodeRun::OpenCodec() {
    const auto* decoder = avcodec_find_decoder(stream_.codecpar->codec_id);
    if (decoder == nullptr) {
        return Unexpected(DecodeError(
            "unsupported_codec",
            stream_.codecpar->codec_id == AV_CODEC_ID_NONE
                ? "the video cannot be decoded: its codec is none that is known"
                : fmt::format("there is no decoder for {}", avcodec_get_name(stream_.codecpar->codec_id))
        ));
    }
    codec_.reset(avcodec_alloc_context3(decoder));
    avcodec_parameters_to_context(codec_.get(), stream_.codecpar);
    codec_->pkt_timebase = stream_.time_base;
    codec_->thread_count = options_.threads;
    codec_->max_pixels = options_.limits.pixels;
    if (const int opened = avcodec_open2(codec_.get(), decoder, nullptr); opened < 0) {
        return Unexpected(DecodeError(
            "unsupported_codec",
            fmt::format("the {} decoder refuses this stream: {}", decoder->name, FfmpegError(opened))
        ));
    }
    return {};
}

Result<void> DecodeRun::All(const std::stop_token& stop) {
    const auto has_packets = FeedAll(stop);
    if (!has_packets) {
        return Unexpected(has_packets.error());
    }
    if (AnyoneListens()) {
        if (auto drained = Feed(nullptr, Fate::kEligible); !drained) {
            return drained;
        }
    }
    if (goal_ || !AllJoined()) {
        return NoWayOn();
    }
    Conclude();
    if (!*has_packets && !PromisesFrames(demuxer_)) {
        return Unexpected(DecodeError("no_video", "the video has not one frame"));
    }
    if (summary_.decoded_frames == 0) {
        return Unexpected(DecodeError("truncated", "not one frame of the video could be decoded"));
    }
    return {};
}

/// While anyone listens; whether there was a packet at all.
Result<bool> DecodeRun::FeedAll(const std::stop_token& stop) {
    bool has_packets = false;
    while (AnyoneListens()) {
        const auto next = packets_.Next();
        if (!next) {
            return Unexpected(next.error());
        }
        const auto& packet = *next;
        if (packet == nullptr) {
            break;
        }
        has_packets = true;
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "stopped while decoding");
        }
        if (Has(packet->flags, AV_PKT_FLAG_CORRUPT)) {
            summary_.truncated = true;
        }
        const auto fate = FateOf(*packet);
        if (fate == Fate::kOptional && nobody_wants_all_) {
            continue;
        }
        if (auto fed = Feed(packet.get(), fate); !fed) {
            return Unexpected(fed.error());
        }
    }
    return has_packets;
}

Result<void> DecodeRun::Feed(const AVPacket* packet, Fate fate) {
    codec_->reordered_opaque = static_cast<std::int64_t>(fate);  // comes back with the frame
    const int sent = avcodec_send_packet(codec_.get(), packet);
    if (sent < 0 && sent != AVERROR_EOF && sent != AVERROR(EAGAIN)) {
        ++summary_.error_packets;
    }
    return Receive();
}

Result<void> DecodeRun::Receive() {
    while (true) {
        const int got = avcodec_receive_frame(codec_.get(), frame_.get());
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) {
            return {};
        }
        if (got < 0) {
            ++summary_.error_packets;
            return {};
        }
        if (const int blank = BlankRows(*stream_.codecpar); blank > 0 && frame_->height > blank) {
            frame_->crop_top = static_cast<std::size_t>(blank);
            av_frame_apply_cropping(frame_.get(), AV_FRAME_CROP_UNALIGNED);
        }
        auto delivered = OnFrame(*frame_);
        av_frame_unref(frame_.get());
        if (!delivered) {
            return delivered;
        }
    }
}

/// Depends on the media alone. Everything is decoded until the first frame comes out, which makes that frame,
/// and so 0 ms, the same for everybody; and wherever only decoding tells the order of frames.
DecodeRun::Fate DecodeRun::FateOf(const AVPacket& packet) const {
    if (!IsDisposable(packet, *stream_.codecpar)) {
        return Fate::kEligible;
    }
    return clocks_ && packets_.KnowsOrder() ? Fate::kOptional : Fate::kUnsampled;
}

/// When a frame is presented, in the stream's unit. The decoder's guess is as good as the packets it was
/// given, so it counts only where it is given all.
std::optional<std::int64_t> DecodeRun::TimeOf(const AVFrame& frame) const {
    const auto time = frame.pts != AV_NOPTS_VALUE || packets_.KnowsOrder() ? frame.pts : frame.pkt_dts;
    return time == AV_NOPTS_VALUE ? std::nullopt : std::optional(time);
}

FrameFacts DecodeRun::FactsOf(const AVFrame& frame) {
    const auto time = TimeOf(frame);
    if (!clocks_) {
        const PresentationClock clock(stream_.time_base, time, Jumps());
        clocks_ = Clocks{.all = clock, .eligible = clock};
    }
    const auto duration = Milliseconds(frame.pkt_duration, stream_.time_base);
    const auto fate = static_cast<Fate>(frame.reordered_opaque);
    FrameFacts facts{.disposable = fate != Fate::kEligible};
    facts.pts_ms = clocks_->all.Next(time, duration);
    if (fate != Fate::kOptional) {
        facts.sampled_ms = clocks_->eligible.Next(time, duration);
    }
    if (!facts.disposable) {
        facts.after_cut = cuts_.IsAfterCut(frame);
        trail_.Add(time, cuts_.Fingerprint());
    }
    return facts;
}

Result<void> DecodeRun::OnFrame(const AVFrame& frame) {
    if (demuxer_.Info().still_image && summary_.decoded_frames > 0) {
        return {};
    }
    if (const auto [width, height] = pictures_.FullSize(frame);
        std::int64_t{width} * height > options_.limits.pixels) {
        return Unexpected(DecodeError(
            "over_limit",
            fmt::format("a frame of {}×{} pixels is too large", width, height),
            ErrorCode::kTooLarge
        ));
    }
    if (goal_) {
        return Approach(frame);
    }
    const auto facts = FactsOf(frame);
    ++summary_.decoded_frames;
    summary_.last_ms = facts.pts_ms;
    DecodedFrame view(frame, pictures_);
    for (auto& subscriber : subscribers_) {
        if (!subscriber.goes_on_at) {
            Deliver(view, facts, subscriber);
        } else if (auto joined = Join(subscriber, facts); !joined) {
            return joined;
        }
    }
    if (options_.progress) {
        options_.progress(facts.pts_ms, demuxer_.Info().duration_ms);
    }
    return MayLeave(facts);
}

void DecodeRun::Deliver(DecodedFrame& view, const FrameFacts& facts, Subscriber& subscriber) const {
    if (!subscriber.outcome) {
        return;
    }
    if (!subscriber.sampler.Takes(facts)) {
        if (!facts.disposable) {
            subscriber.between.Offer(*frame_, facts.sampled_ms);
        }
        return;
    }
    if (const auto made = view.UseAnalysis(subscriber.subscription->wants.long_side); !made) {
        subscriber.outcome = made;
        return;
    }
    view.pts_ms = subscriber.subscription->wants.every_frame ? facts.pts_ms : facts.sampled_ms;
    view.number = subscriber.frames++;
    view.after_cut = subscriber.sampler.AfterCut();
    view.LookBackAt(subscriber.between);
    subscriber.outcome = subscriber.subscription->on_frame(view);
    subscriber.between.Begin(facts.sampled_ms);
}

bool DecodeRun::Jumps() const {
    return Has(demuxer_.Format().iformat->flags, AVFMT_TS_DISCONT);
}

bool DecodeRun::AnyoneListens() const {
    return std::ranges::any_of(subscribers_, [](const auto& subscriber) {
        return subscriber.outcome.has_value();
    });
}

/// The media is truncated when it broke off, or ended well before its header said. The end comes from the
/// packets: the last frame may be one that was not decoded.
void DecodeRun::Conclude() {
    const auto& media = demuxer_.Info();
    if (!media.still_image && clocks_) {
        const auto latest = clocks_->eligible.EndMs();
        const auto by_packets = packets_.End() ? clocks_->eligible.At(*packets_.End()) : latest;
        const bool plausible = by_packets > latest && by_packets < latest + kLongestTailMs;
        summary_.end_ms = plausible ? by_packets : latest;
    }
    const auto said = media.duration_ms;
    const auto tolerance = std::max<std::int64_t>(1500, said / 20);
    const bool ended_early = !media.still_image && said > 0 && summary_.end_ms + tolerance < said;
    summary_.truncated = summary_.truncated || packets_.BrokeOff() || (ended_early && AnyoneListens());
}

DecodeOutcome DecodeRun::Outcome() && {
    DecodeOutcome outcome{.summary = std::move(summary_), .subscriptions = {}};
    for (auto& subscriber : subscribers_) {
        outcome.subscriptions.push_back(std::move(subscriber.outcome));
    }
    return outcome;
}

}  // namespace notify
