#pragma once

// The video packets of a container in decode order, looked at a little ahead.

#include <cstdint>
#include <deque>
#include <optional>

#include "media/demuxer.hpp"
#include "media/ffmpeg.hpp"

namespace notify {

/// Gives each packet a time and a duration. Holds at most 16 packets. Not thread-safe. The demuxer outlives
/// it and has a video stream.
class VideoPackets final {
public:
    explicit VideoPackets(Demuxer& demuxer) : demuxer_(demuxer), stream_(*demuxer.Video()) {}

    /// The next packet; null at the end. Errors of the ByteSource, kStopped.
    [[nodiscard]] Result<PacketPtr> Next();

    /// So far, a little ahead of the packet returned last, each packet says when its frame is presented.
    /// Where one does not (AVI, program streams, bare H.264) only decoding every one tells in which order
    /// frames come. Once false it stays so.
    [[nodiscard]] bool KnowsOrder() const noexcept { return knows_order_; }

    /// The latest end of the packets returned last, in the stream's unit; they are presented last.
    [[nodiscard]] std::optional<std::int64_t> End() const;

    /// The container broke off instead of ending.
    [[nodiscard]] bool BrokeOff() const noexcept { return broke_off_; }

private:
    static constexpr std::size_t kAhead = 16;  ///< As far as any codec here reorders.

    [[nodiscard]] Result<bool> Read();

    Demuxer& demuxer_;
    AVStream& stream_;
    std::deque<PacketPtr> ahead_;
    std::deque<std::int64_t> ends_;
    bool knows_order_ = true;
    bool at_end_ = false;
    bool broke_off_ = false;
    std::int64_t untimed_ = 0;  ///< Where a packet without a time belongs.
};

}  // namespace notify
