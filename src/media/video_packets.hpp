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

    /// The time of the first presented frame, in the stream's unit: the least of the first packets that an
    /// edit list does not hide; a recording that begins before a key frame begins with that. Known once the
    /// first such packet was returned.
    [[nodiscard]] std::optional<std::int64_t> Zero() const noexcept { return zero_; }

    /// The latest end of the packets returned last, in the stream's unit; they are presented last.
    [[nodiscard]] std::optional<std::int64_t> End() const;

    /// The container broke off instead of ending.
    [[nodiscard]] bool BrokeOff() const noexcept { return broke_off_; }

private:
    static constexpr std::size_t kAhead = 16;  ///< As far as any codec here reorders.

    [[nodiscard]] Result<bool> Read();
    void FindZero();

    Demuxer& demuxer_;
    AVStream& stream_;
    std::deque<PacketPtr> ahead_;
    std::deque<std::int64_t> ends_;
    bool at_start_ = true;  ///< Nothing was returned yet: packets before a key frame show nothing.
    bool at_end_ = false;
    bool broke_off_ = false;
    std::int64_t untimed_ = 0;  ///< Where a packet without a time belongs.
    std::optional<std::int64_t> zero_;
};

/// When a packet's frame is presented, or failing that decoded; nothing when it does not say.
[[nodiscard]] std::optional<std::int64_t> TimeOf(const AVPacket& packet) noexcept;

}  // namespace notify
