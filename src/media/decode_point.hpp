#pragma once

// Where a decode was left between two frames, so that another can go on there and give the same frames.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/binary.hpp"
#include "core/result.hpp"
#include "media/cut_detector.hpp"
#include "media/presentation_clock.hpp"
#include "media/sampler.hpp"

namespace notify {

/// Two, so that what a sampling subscriber sees cannot depend on frames that may be left out.
struct Clocks {
    PresentationClock all;
    PresentationClock eligible;
};

void Members(auto& archive, Either<Clocks> auto& clocks) {
    archive(clocks.all, clocks.eligible);
}

/// The last eligible frames: by their times in the container and by how they look another decode knows that
/// it is at the same place and sees the same. Not thread-safe.
class FrameTrail final {
public:
    /// Adds a frame; `look`: CutDetector::Fingerprint. A frame without a time or a look, or not later than
    /// the one before, ends for good that a decode can be left.
    void Add(std::optional<std::int64_t> time, std::optional<std::uint64_t> look);

    /// Long enough, and so far every frame was later than the one before.
    [[nodiscard]] bool IsUsable() const noexcept { return orderly_ && frames_ >= kLeastFrames; }

    [[nodiscard]] bool IsOrderly() const noexcept { return orderly_; }

    /// The times of its first and its last frame; there is one while it is orderly.
    [[nodiscard]] std::int64_t FirstTime() const { return marks_.front().time; }

    [[nodiscard]] std::int64_t LastTime() const { return marks_.back().time; }

    /// The same last frames.
    [[nodiscard]] bool EndsAs(const FrameTrail& other) const { return marks_ == other.marks_; }

    static void Members(auto& archive, Either<FrameTrail> auto& trail) {
        archive(trail.marks_, trail.frames_, trail.orderly_);
    }

    /// What a usable one holds.
    [[nodiscard]] bool IsPlausible() const;

private:
    struct Mark {
        std::int64_t time = 0;
        std::uint64_t look = 0;

        static void Members(auto& archive, Either<Mark> auto& mark) { archive(mark.time, mark.look); }

        friend bool operator==(const Mark&, const Mark&) = default;
    };

    static constexpr std::size_t kMarks = 16;
    /// More than any decoder holds back: what was decoded to find the first frame is behind it.
    static constexpr std::int64_t kLeastFrames = 32;

    std::vector<Mark> marks_;
    std::int64_t frames_ = 0;
    bool orderly_ = true;
};

/// All that a decode knows at a point and that later frames depend on, for one subscription.
struct DecodePoint {
    FrameTrail trail;
    std::int64_t position_ms = 0;  ///< Of the last frame, on the clock of eligible frames.
    Clocks clocks;
    CutDetector cuts;
    std::int64_t decoded_frames = 0;
    std::int64_t error_packets = 0;
    std::int64_t last_ms = 0;
    bool truncated = false;
    Sampler sampler;
    std::int64_t frames = 0;  ///< That the subscription got.
};

/// Its bytes.
[[nodiscard]] std::string ToBytes(const DecodePoint& point);

/// kInvalidArgument for bytes that ToBytes cannot have written.
[[nodiscard]] Result<DecodePoint> ReadDecodePoint(std::string_view bytes, const Wants& wants);

}  // namespace notify
