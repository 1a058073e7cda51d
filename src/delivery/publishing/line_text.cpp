#include "delivery/publishing/line_text.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/timecode.hpp"
#include "delivery/clean_text.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

constexpr std::int64_t kMostFps = 100;  // with numbers 0 to 99

}  // namespace

std::string OneLine(std::string_view text) {
    auto line = ValidUtf8(text);
    std::ranges::replace_if(
        line,
        [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return byte < 0x20 || byte == 0x7F;
        },
        ' '
    );
    // NEL, line and paragraph separator
    for (const std::string_view separator : {"\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
        for (auto at = line.find(separator); at != std::string::npos; at = line.find(separator, at)) {
            line.replace(at, separator.size(), " ");
        }
    }
    const auto first = line.find_first_not_of(' ');
    return first == std::string::npos ? "?" : line.substr(first, line.find_last_not_of(' ') - first + 1);
}

std::string CommentOf(const Appearance& appearance) {
    return fmt::format(
        "{}, {}, {:.1f} %",
        OneLine(appearance.person_name),
        ToString(appearance.certainty),
        appearance.similarity
    );
}

bool HasEditTimecode(const Timebase& timebase) noexcept {
    return HasTimecode(timebase.rate) && timebase.rate.numerator <= timebase.rate.denominator * kMostFps;
}

FrameSpan SpanOf(const Appearance& appearance, const Timebase& timebase) {
    const auto first = FrameAt(appearance.start_ms, timebase.rate).value_or(0);
    const auto end = FrameAt(appearance.end_ms, timebase.rate).value_or(0);
    return {.first = first, .length = std::max<std::int64_t>(1, end - first)};
}

std::string TimecodeAfter(std::int64_t frames, const Timebase& timebase) {
    return TimecodeOf(timebase.start + frames, timebase.rate, timebase.drop_frame);
}

}  // namespace notify
