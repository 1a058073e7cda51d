#pragma once

// One decode that many analysers subscribe to.
//
// The frames of a subscription depend on the bytes and on its own Wants alone. Frames that no other frame
// refers to (disposable ones) are left out of sampling, also when they are decoded because somebody else
// wants every frame.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "media/picture.hpp"
#include "media/probe.hpp"

namespace notify {

/// Which frames a subscriber gets, and how large the analysis picture is.
struct Wants {
    double fps = 5;            ///< Samples a second of media time, 0.1 … 60. Ignored with `every_frame`.
    bool every_frame = false;  ///< All presented frames, disposable ones too.
    bool scene_cuts = true;    ///< Also the first eligible frame after each cut.
    int long_side = 640;       ///< Of the analysis picture in pixels; never enlarged. 16 … 4096.
    int between = 0;           ///< Frames between two samples to look back at, 0 … 7. Not with `every_frame`.

    friend bool operator==(const Wants&, const Wants&) = default;
};

/// A frame during a call. Rotation is applied to everything it gives.
class FrameView {
public:
    FrameView() = default;
    FrameView(const FrameView&) = delete;
    FrameView& operator=(const FrameView&) = delete;
    virtual ~FrameView() = default;

    std::int64_t pts_ms = 0;  ///< 0 is the first presented frame after edit lists.
    std::int64_t number = 0;  ///< Counts this subscription's frames from 0.
    bool after_cut = false;   ///< The first frame this subscription gets after a cut (or of the media).
    PictureView picture;      ///< The analysis picture, blue first.
    double scale = 1;         ///< Pixels of the full frame per pixel of the analysis picture.
    int full_width = 0;       ///< Of the full frame.
    int full_height = 0;

    std::vector<std::int64_t> between_ms;  ///< When the frames were that were kept since the sample before.

    /// A copy of a rectangle of the full-resolution frame, red first, clipped to it. kInvalidArgument when
    /// nothing of it is inside.
    [[nodiscard]] virtual Result<Picture> FullRegion(const Rectangle& rectangle) const = 0;

    /// The analysis picture, blue first, of the frame that was at between_ms[index]; it has the size of
    /// `picture`. kInvalidArgument when there is none.
    [[nodiscard]] virtual Result<Picture> Between(std::size_t /*index*/) const {
        return Fail(ErrorCode::kInvalidArgument, "no frames are kept between two samples");
    }
};

/// The reason of kConflict when the media does not come by the place where a decode was left.
inline constexpr std::string_view kNoWayOn = "no_way_on";

/// What the decode came to.
struct DecodeSummary {
    MediaInfo media;
    std::int64_t decoded_frames = 0;
    std::int64_t last_ms = 0;  ///< Presentation time of the last frame that was decoded.
    std::int64_t end_ms = 0;   ///< How long the video really is; 0 for images. Like `truncated`, it does
                               ///< not depend on the subscriptions.
    bool truncated = false;    ///< The bytes ended, or broke, before the media did.
    std::int64_t error_packets = 0;  ///< Packets that could not be decoded.
};

struct Subscription {
    Wants wants;
    std::function<Result<void>(const FrameView&)> on_frame;  ///< An error ends this subscription only.
    std::string goes_on_at;  ///< What LeavePoint::Save gave: the frames up to there are not given again.
    std::function<void(std::int64_t position_ms, std::int64_t from_ms)>
        on_resumed;  ///< The run is at that place; it was decoded from `from_ms` on. May be empty.
};

/// A place between two frames where the decode may be left. Valid during a call.
class LeavePoint {
public:
    LeavePoint() = default;
    LeavePoint(const LeavePoint&) = delete;
    LeavePoint& operator=(const LeavePoint&) = delete;
    virtual ~LeavePoint() = default;

    /// Presentation time of the last frame before it.
    [[nodiscard]] virtual std::int64_t PositionMs() const = 0;

    /// What the subscription with that index needs to go on here with the frames that it would get now. About
    /// 3 kB.
    [[nodiscard]] virtual std::string Save(std::size_t subscription) const = 0;
};

struct DecodeOptions {
    int threads = 1;  ///< 1 starts no thread.
    MediaLimits limits;
    std::function<void(std::int64_t done_ms, std::int64_t total_ms)>
        progress;  ///< total 0: unknown. May be empty.
    std::function<Result<void>(const LeavePoint&)>
        may_leave;  ///< Called after each frame where it may; its error ends the decode. May be empty.
};

struct DecodeOutcome {
    DecodeSummary summary;
    std::vector<Result<void>> subscriptions;  ///< In the order given: how each ended.
};

/// Decodes the media once for all subscriptions. Errors as Probe, and kUnsupported with reason `no_video`,
/// `unsupported_codec`, `truncated` (nothing could be decoded); kStopped. Damage after the first frame is no
/// error: summary.truncated says it. Memory does not grow with the length of the media. Stage "decode".
///
/// Where all subscriptions go on at a point, it is decoded from shortly before the earliest of them; else,
/// and in a container that cannot be sought in exactly, from the beginning. kInvalidArgument for a point that
/// is none, kConflict when the media does not come by it: subscriptions may have got frames by then, and what
/// they made of them counts for nothing.
[[nodiscard]] Result<DecodeOutcome> Decode(
    ByteSource& bytes,
    std::span<const Subscription> subscriptions,
    const DecodeOptions& options,
    std::stop_token stop
);

}  // namespace notify
