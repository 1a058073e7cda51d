#include "media/decode.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "media/cut_detector.hpp"
#include "media/demuxer.hpp"
#include "media/disposable.hpp"
#include "media/frame_pictures.hpp"
#include "media/media_type.hpp"
#include "media/sampler.hpp"

namespace notify {

namespace {

constexpr std::size_t kReadAheadPackets =
    16;  // enough to see the first presented frame before the first decoded one

Error DecodeError(std::string_view reason, std::string message) {
    return {
        .code = ErrorCode::kUnsupported,
        .stage = "decode",
        .reason = std::string(reason),
        .retry_after = {},
        .message = std::move(message)
    };
}

/// A frame as subscribers see it.
class DecodedFrame final : public FrameView {
public:
    DecodedFrame(const AVFrame& frame, FramePictures& pictures) : frame_(frame), pictures_(pictures) {
        std::tie(full_width, full_height) = pictures.FullSize(frame);
    }

    [[nodiscard]] Result<Picture> FullRegion(const Rectangle& rectangle) const override {
        return pictures_.Region(frame_, rectangle);
    }

    /// Makes the analysis picture of that size the present one; converted once for all who want the same.
    Result<void> UseAnalysis(int long_side) {
        auto& kept = analysis_[long_side];
        if (!kept) {
            auto made = pictures_.Analysis(frame_, long_side);
            if (!made) {
                return Unexpected(made.error());
            }
            kept = std::move(*made);
        }
        picture = kept->View();
        scale = static_cast<double>(full_width) / picture.width;
        return {};
    }

private:
    const AVFrame& frame_;
    FramePictures& pictures_;
    std::map<int, std::optional<Picture>> analysis_;
};

struct Subscriber {
    const Subscription* subscription;
    Sampler sampler;
    Result<void> outcome;
    std::int64_t frames = 0;
};

/// One run over the media.
class Run {
public:
    Run(Demuxer& demuxer, std::span<const Subscription> subscriptions, const DecodeOptions& options)
        : demuxer_(demuxer),
          stream_(*demuxer.Video()),
          options_(options),
          pictures_(demuxer.Info().video->rotation),
          skip_disposable_(std::ranges::none_of(subscriptions, [](const auto& s) {
              return s.wants.every_frame;
          })) {
        summary_.media = demuxer.Info();
        for (const auto& subscription : subscriptions) {
            subscribers_.push_back({&subscription, Sampler(subscription.wants), {}, 0});
        }
    }

    Result<void> OpenCodec();
    Result<void> All(const std::stop_token& stop);

    [[nodiscard]] DecodeOutcome Outcome() &&;

private:
    Result<bool> ReadPacket();
    Result<bool> NextVideoPacket();
    void FindZero();
    Result<void> Feed(const AVPacket* packet, bool disposable);
    Result<void> Receive();
    Result<void> OnFrame(const AVFrame& frame);
    void Deliver(DecodedFrame& view, const FrameFacts& facts, Subscriber& subscriber);
    [[nodiscard]] std::int64_t PtsOf(const AVFrame& frame) const;
    [[nodiscard]] std::int64_t DurationOf(const AVFrame& frame) const;
    [[nodiscard]] bool AnyoneListens() const;
    void Conclude();

    Demuxer& demuxer_;
    AVStream& stream_;
    const DecodeOptions& options_;
    FramePictures pictures_;
    CutDetector cuts_;
    bool skip_disposable_;
    CodecPtr codec_;
    FramePtr frame_{av_frame_alloc()};
    std::deque<PacketPtr> ahead_;
    bool at_end_ = false;
    bool broke_off_ = false;
    std::optional<std::int64_t> zero_;  ///< In stream time units.
    std::optional<std::int64_t> last_pts_ms_;
    std::vector<Subscriber> subscribers_;
    DecodeSummary summary_;
};

Result<void> Run::OpenCodec() {
    const auto* decoder = avcodec_find_decoder(stream_.codecpar->codec_id);
    if (decoder == nullptr) {
        return Unexpected(DecodeError(
            "unsupported_codec",
            fmt::format("there is no decoder for {}", avcodec_get_name(stream_.codecpar->codec_id))
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

/// Reads one packet of the video stream to the end of `ahead_`; false at the end of the media.
Result<bool> Run::ReadPacket() {
    PacketPtr packet(av_packet_alloc());
    while (true) {
        const int got = av_read_frame(&demuxer_.Format(), packet.get());
        if (auto error = demuxer_.TakeReadError()) {
            return Unexpected(*error);
        }
        if (got < 0) {
            broke_off_ = got != AVERROR_EOF;
            return false;
        }
        if (packet->stream_index == stream_.index) {
            ahead_.push_back(std::move(packet));
            return true;
        }
        av_packet_unref(packet.get());
    }
}

Result<bool> Run::NextVideoPacket() {
    while (!at_end_ && ahead_.size() < kReadAheadPackets) {
        const auto more = ReadPacket();
        if (!more) {
            return more;
        }
        at_end_ = !*more;
    }
    return !ahead_.empty();
}

/// 0 ms is the first presented frame: the least time of the first packets that an edit list does not hide.
void Run::FindZero() {
    for (const auto& packet : ahead_) {
        const auto pts = packet->pts != AV_NOPTS_VALUE ? packet->pts : packet->dts;
        if (pts != AV_NOPTS_VALUE && (packet->flags & AV_PKT_FLAG_DISCARD) == 0) {
            zero_ = std::min(zero_.value_or(pts), pts);
        }
    }
}

Result<void> Run::All(const std::stop_token& stop) {
    bool first = true;
    while (AnyoneListens()) {
        const auto more = NextVideoPacket();
        if (!more) {
            return Unexpected(more.error());
        }
        if (!*more) {
            break;
        }
        if (std::exchange(first, false)) {
            FindZero();
        }
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "stopped while decoding");
        }
        const auto packet = std::move(ahead_.front());
        ahead_.pop_front();
        if ((packet->flags & AV_PKT_FLAG_CORRUPT) != 0) {
            summary_.truncated = true;
        }
        const bool disposable = IsDisposable(*packet, *stream_.codecpar);
        if (disposable && skip_disposable_) {
            continue;
        }
        if (auto fed = Feed(packet.get(), disposable); !fed) {
            return fed;
        }
    }
    if (AnyoneListens()) {
        if (auto drained = Feed(nullptr, false); !drained) {
            return drained;
        }
    }
    Conclude();
    if (summary_.decoded_frames == 0) {
        return Unexpected(DecodeError("truncated", "not one frame of the video could be decoded"));
    }
    return {};
}

Result<void> Run::Feed(const AVPacket* packet, bool disposable) {
    codec_->reordered_opaque = disposable ? 1 : 0;  // comes back with the frame
    const int sent = avcodec_send_packet(codec_.get(), packet);
    if (sent < 0 && sent != AVERROR_EOF && sent != AVERROR(EAGAIN)) {
        ++summary_.error_packets;
    }
    return Receive();
}

Result<void> Run::Receive() {
    while (true) {
        const int got = avcodec_receive_frame(codec_.get(), frame_.get());
        if (got == AVERROR(EAGAIN) || got == AVERROR_EOF) {
            return {};
        }
        if (got < 0) {
            ++summary_.error_packets;
            return {};
        }
        auto delivered = OnFrame(*frame_);
        av_frame_unref(frame_.get());
        if (!delivered) {
            return delivered;
        }
    }
}

std::int64_t Run::DurationOf(const AVFrame& frame) const {
    if (frame.pkt_duration > 0) {
        return av_rescale_q(frame.pkt_duration, stream_.time_base, {1, 1000});
    }
    const auto rate = stream_.avg_frame_rate;
    return rate.num > 0 ? av_rescale(1000, rate.den, rate.num) : 40;
}

/// Never before the frame before it: a jump back in time counts on from where it was.
std::int64_t Run::PtsOf(const AVFrame& frame) const {
    const auto after_last = last_pts_ms_ ? *last_pts_ms_ + 1 : 0;
    if (frame.best_effort_timestamp == AV_NOPTS_VALUE || !zero_) {
        return last_pts_ms_ ? *last_pts_ms_ + std::max<std::int64_t>(DurationOf(frame), 1) : 0;
    }
    const auto pts = av_rescale_q(frame.best_effort_timestamp - *zero_, stream_.time_base, {1, 1000});
    return std::max(pts, after_last);
}

Result<void> Run::OnFrame(const AVFrame& frame) {
    if (demuxer_.Info().still_image && summary_.decoded_frames > 0) {
        return {};
    }
    if (std::int64_t{frame.width} * frame.height > options_.limits.pixels) {
        return Unexpected(DecodeError(
            "over_limit", fmt::format("a frame of {}×{} pixels is too large", frame.width, frame.height)
        ));
    }
    FrameFacts facts{.pts_ms = PtsOf(frame), .disposable = frame.reordered_opaque == 1, .after_cut = false};
    facts.after_cut = !facts.disposable && cuts_.IsAfterCut(frame);
    last_pts_ms_ = facts.pts_ms;
    ++summary_.decoded_frames;
    summary_.last_ms = facts.pts_ms;
    summary_.end_ms = demuxer_.Info().still_image ? 0 : facts.pts_ms + DurationOf(frame);
    if (const auto* side = av_frame_get_side_data(&frame, AV_FRAME_DATA_DISPLAYMATRIX);
        side != nullptr && demuxer_.Info().still_image) {
        pictures_.SetRotation(RotationOf(side->data));
    }
    DecodedFrame view(frame, pictures_);
    for (auto& subscriber : subscribers_) {
        Deliver(view, facts, subscriber);
    }
    if (options_.progress) {
        options_.progress(facts.pts_ms, demuxer_.Info().duration_ms);
    }
    return {};
}

void Run::Deliver(DecodedFrame& view, const FrameFacts& facts, Subscriber& subscriber) {
    if (!subscriber.outcome || !subscriber.sampler.Takes(facts)) {
        return;
    }
    if (auto made = view.UseAnalysis(subscriber.subscription->wants.long_side); !made) {
        subscriber.outcome = made;
        return;
    }
    view.pts_ms = facts.pts_ms;
    view.number = subscriber.frames++;
    view.after_cut = subscriber.sampler.AfterCut();
    subscriber.outcome = subscriber.subscription->on_frame(view);
}

bool Run::AnyoneListens() const {
    return std::ranges::any_of(subscribers_, [](const auto& subscriber) {
        return subscriber.outcome.has_value();
    });
}

/// The media is truncated when it broke off, or ended well before its header said.
void Run::Conclude() {
    const auto said = demuxer_.Info().duration_ms;
    const auto tolerance = std::max<std::int64_t>(1500, said / 20);
    const bool ended_early = !demuxer_.Info().still_image && said > 0 && summary_.end_ms + tolerance < said;
    summary_.truncated = summary_.truncated || broke_off_ || (ended_early && AnyoneListens());
}

DecodeOutcome Run::Outcome() && {
    DecodeOutcome outcome{.summary = std::move(summary_), .subscriptions = {}};
    for (auto& subscriber : subscribers_) {
        outcome.subscriptions.push_back(std::move(subscriber.outcome));
    }
    return outcome;
}

}  // namespace

Result<DecodeOutcome> Decode(
    ByteSource& bytes,
    std::span<const Subscription> subscriptions,
    const DecodeOptions& options,
    std::stop_token stop
) {
    auto demuxer = Demuxer::Open(bytes, options.limits, stop);
    if (!demuxer) {
        return Unexpected(demuxer.error());
    }
    if ((*demuxer)->Video() == nullptr) {
        return Unexpected(DecodeError("no_video", "the file has no video"));
    }
    Run run(**demuxer, subscriptions, options);
    return run.OpenCodec().and_then([&] { return run.All(stop); }).map([&] {
        return std::move(run).Outcome();
    });
}

}  // namespace notify
