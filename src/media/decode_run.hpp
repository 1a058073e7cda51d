#pragma once

// One run over the media.

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "media/cut_detector.hpp"
#include "media/decode.hpp"
#include "media/decode_point.hpp"
#include "media/decoded_frame.hpp"
#include "media/demuxer.hpp"
#include "media/ffmpeg.hpp"
#include "media/frame_pictures.hpp"
#include "media/frames_between.hpp"
#include "media/sampler.hpp"
#include "media/video_packets.hpp"

namespace notify {

/// For each subscription where it goes on; nothing for one that begins with the first frame.
using DecodePoints = std::vector<std::optional<DecodePoint>>;

/// kConflict: the media does not come by a point. `no_video`.
[[nodiscard]] Unexpected NoWayOn();
[[nodiscard]] Unexpected NoVideo();

/// Used once: OpenCodec, GoTo if wanted, All, Outcome. What it is made with outlives it. Not thread-safe.
class DecodeRun final : private LeavePoint {
public:
    DecodeRun(
        Demuxer& demuxer,
        std::span<const Subscription> subscriptions,
        const DecodePoints& points,
        const DecodeOptions& options
    );

    [[nodiscard]] Result<void> OpenCodec();

    /// Has the run begin shortly before `goal`, which must be the earliest of all points.
    [[nodiscard]] Result<void> GoTo(const DecodePoint& goal);

    /// Errors as Decode.
    [[nodiscard]] Result<void> All(const std::stop_token& stop);

    /// A subscription was given a frame, or was about to be.
    [[nodiscard]] bool HasBegun() const noexcept { return has_begun_; }

    [[nodiscard]] DecodeOutcome Outcome() &&;

private:
    /// What becomes of a packet; its frame carries this through the decoder.
    enum class Fate : std::uint8_t {
        kEligible,   ///< Other frames refer to its frame.
        kOptional,   ///< A disposable one that is decoded only when somebody wants every frame.
        kUnsampled,  ///< A disposable one that is always decoded.
    };

    struct Subscriber {
        const Subscription* subscription;
        Sampler sampler;
        FramesBetween between;
        Result<void> outcome;
        std::int64_t frames = 0;
        std::optional<DecodePoint> goes_on_at;  ///< Until the run is there.
    };

    [[nodiscard]] Result<bool> FeedAll(const std::stop_token& stop);
    [[nodiscard]] Result<void> Feed(const AVPacket* packet, Fate fate);
    [[nodiscard]] Result<void> Receive();
    [[nodiscard]] Result<void> OnFrame(const AVFrame& frame);
    void Deliver(DecodedFrame& view, const FrameFacts& facts, Subscriber& subscriber) const;
    [[nodiscard]] Fate FateOf(const AVPacket& packet) const;
    [[nodiscard]] std::optional<std::int64_t> TimeOf(const AVFrame& frame) const;
    [[nodiscard]] FrameFacts FactsOf(const AVFrame& frame);
    [[nodiscard]] bool Jumps() const;
    [[nodiscard]] bool AnyoneListens() const;
    void Conclude();

    [[nodiscard]] Result<void> Approach(const AVFrame& frame);
    [[nodiscard]] Result<void> Join(Subscriber& subscriber, const FrameFacts& facts);
    [[nodiscard]] bool AllJoined() const;
    [[nodiscard]] Result<void> MayLeave(const FrameFacts& facts);
    [[nodiscard]] std::int64_t PositionMs() const override;
    [[nodiscard]] std::string Save(std::size_t subscription) const override;

    Demuxer& demuxer_;
    AVStream& stream_;
    const DecodeOptions& options_;
    VideoPackets packets_;
    FramePictures pictures_;
    CutDetector cuts_;
    FrameTrail trail_;
    bool nobody_wants_all_;
    CodecPtr codec_;
    FramePtr frame_{av_frame_alloc()};
    std::optional<Clocks> clocks_;     ///< From the first frame on.
    std::optional<DecodePoint> goal_;  ///< Until the run is there.
    std::int64_t from_ms_ = 0;         ///< Where it began to decode.
    bool has_begun_ = false;
    std::vector<Subscriber> subscribers_;
    DecodeSummary summary_;
};

}  // namespace notify
