#include "media/video_packets.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "core/result.hpp"
#include "media/ffmpeg.hpp"

namespace notify {

namespace {

bool Presented(const AVPacket& packet) noexcept {
    return !Has(packet.flags, AV_PKT_FLAG_DISCARD);
}

/// Of one frame, in the stream's unit; 40 ms when nothing says.
std::int64_t UsualDuration(const AVStream& stream) {
    const auto rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : AVRational{.num = 25, .den = 1};
    return std::max<std::int64_t>(av_rescale_q(1, av_inv_q(rate), stream.time_base), 1);
}

/// When a packet's frame is presented, or failing that decoded; nothing when it does not say.
std::optional<std::int64_t> TimeOf(const AVPacket& packet) noexcept {
    const auto time = packet.pts != AV_NOPTS_VALUE ? packet.pts : packet.dts;
    return time == AV_NOPTS_VALUE ? std::nullopt : std::optional(time);
}

/// Where a packet's frame ends; its begin when that is past all numbers.
std::int64_t EndOf(const AVPacket& packet) {
    const auto time = TimeOf(packet).value_or(0);
    std::int64_t end = 0;
    return __builtin_add_overflow(time, packet.duration, &end) ? time : end;
}

}  // namespace

/// Reads one packet of the video stream to the end of `ahead_`; false at the end of the media.
Result<bool> VideoPackets::Read() {
    PacketPtr packet(av_packet_alloc());
    while (packet != nullptr) {
        const int got = av_read_frame(&demuxer_.Format(), packet.get());
        if (auto error = demuxer_.TakeReadError()) {
            return Unexpected(*error);
        }
        if (got < 0) {
            broke_off_ = got != AVERROR_EOF;
            return false;
        }
        if (packet->stream_index == stream_.index) {
            if (packet->duration <= 0) {
                packet->duration = UsualDuration(stream_);
            }
            knows_order_ = knows_order_ && packet->pts != AV_NOPTS_VALUE;
            // without times frames follow each other in the order of decoding
            if (!TimeOf(*packet)) {
                packet->dts = untimed_;
            }
            untimed_ = std::max(untimed_, EndOf(*packet));
            ahead_.push_back(std::move(packet));
            return true;
        }
        av_packet_unref(packet.get());
    }
    return Fail(ErrorCode::kInternal, "no memory for a packet");
}

Result<PacketPtr> VideoPackets::Next() {
    while (!at_end_ && ahead_.size() < kAhead) {
        const auto more = Read();
        if (!more) {
            return Unexpected(more.error());
        }
        at_end_ = !*more;
    }
    if (ahead_.empty()) {
        return PacketPtr();
    }
    auto packet = std::move(ahead_.front());
    ahead_.pop_front();
    if (Presented(*packet)) {
        ends_.push_back(EndOf(*packet));
        if (ends_.size() > kAhead) {
            ends_.pop_front();
        }
    }
    return packet;
}

std::optional<std::int64_t> VideoPackets::End() const {
    return ends_.empty() ? std::nullopt : std::optional(*std::ranges::max_element(ends_));
}

}  // namespace notify
