#pragma once

// Frames and SMPTE timecodes of times in a video, exact over any length: integers only. Pure and thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace notify {

/// Frames a second as a fraction.
struct FrameRate {
    static constexpr std::int64_t kMostPart = 1'000'000;  ///< Of numerator and denominator.
    static constexpr std::int64_t kMostFps = 1000;

    std::int64_t numerator = 0;
    std::int64_t denominator = 1;

    /// Parts of 1 … 1,000,000 and at most 1000 frames a second; false for 0/1, "unknown".
    [[nodiscard]] bool IsKnown() const noexcept;

    friend bool operator==(const FrameRate&, const FrameRate&) = default;
};

/// In lowest terms, and where it is within 0.025 % of a rate in use, that one. "Unknown" for parts below 1
/// and more than 1000 frames a second.
[[nodiscard]] FrameRate UsualRate(std::int64_t numerator, std::int64_t denominator) noexcept;

/// "30000/1001".
[[nodiscard]] std::string ToText(const FrameRate& rate);

/// Reads what ToText writes; nothing for other text and for rates that are not known.
[[nodiscard]] std::optional<FrameRate> ParseFrameRate(std::string_view text);

/// How the times of one video become frames and timecodes. The default: there are none (a picture, an unknown
/// rate).
struct Timebase {
    FrameRate rate;
    std::int64_t start = 0;   ///< Frames that the timecode at 0 ms stands for, 0 … those of 24 hours.
    bool drop_frame = false;  ///< Only at 30000/1001 and 60000/1001.

    friend bool operator==(const Timebase&, const Timebase&) = default;
};

/// The frame nearest to a time, from 0; nothing when the rate is not known. `ms`: 0 … 10^12.
[[nodiscard]] std::optional<std::int64_t> FrameAt(std::int64_t ms, const FrameRate& rate) noexcept;

/// There are timecodes at this rate: a whole number of frames a second up to 120, or 1000/1001 of one.
[[nodiscard]] bool HasTimecode(const FrameRate& rate) noexcept;

/// Drop-frame is defined for this rate: 30000/1001 and 60000/1001.
[[nodiscard]] bool CanDropFrames(const FrameRate& rate) noexcept;

/// "01:00:00:00", with ";" before the frames of drop-frame. `frames` is counted from 00:00:00:00 and begins
/// anew after 24 hours; not negative. SMPTE ST 12-1: with drop-frame the numbers 0 and 1 (0 to 3 at 60) are
/// left out at the start of each minute but every tenth. "" without HasTimecode.
[[nodiscard]] std::string TimecodeOf(std::int64_t frames, const FrameRate& rate, bool drop_frame);

/// The timecode at a time of a video; nothing where there are none.
[[nodiscard]] std::optional<std::string> TimecodeAt(std::int64_t ms, const Timebase& timebase);

/// Reads "hh:mm:ss:ff", with ";" or "." before the frames for drop-frame (which counts only where it is
/// defined). Nothing for other text, hours above 23, frames the rate does not have, and numbers that
/// drop-frame leaves out. The answer has `rate`.
[[nodiscard]] std::optional<Timebase> ParseTimecode(std::string_view text, const FrameRate& rate);

}  // namespace notify
