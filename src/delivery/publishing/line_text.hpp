#pragma once

// Names and frames as the line-by-line formats of editing systems write them.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/timecode.hpp"
#include "domain/person.hpp"

namespace notify {

/// Foreign text on one line: UTF-8, tabs, line breaks and other control characters as spaces, none at the
/// ends; "?" when nothing is left.
[[nodiscard]] std::string OneLine(std::string_view text);

/// "Ada, confirmed, 97.5 %".
[[nodiscard]] std::string CommentOf(const Appearance& appearance);

/// True when editing systems can name its frames: there are timecodes whose frames have two digits.
[[nodiscard]] bool HasEditTimecode(const Timebase& timebase) noexcept;

/// An appearance in frames from the media's first; at least one frame long.
struct FrameSpan {
    std::int64_t first = 0;
    std::int64_t length = 1;
};

/// `timebase` has a rate that is known.
[[nodiscard]] FrameSpan SpanOf(const Appearance& appearance, const Timebase& timebase);

/// The timecode `frames` after the media's first.
[[nodiscard]] std::string TimecodeAfter(std::int64_t frames, const Timebase& timebase);

}  // namespace notify
