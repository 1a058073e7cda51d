#include "delivery/publishing/webvtt.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "delivery/publishing/facts.hpp"
#include "delivery/publishing/line_text.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

/// "01:02:03.004"; hours have two digits or more.
std::string TimeText(std::int64_t ms) {
    return fmt::format(
        "{:02}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000
    );
}

/// WebVTT cue text: what would begin a tag, an entity or an arrow is written as an entity.
std::string Escaped(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            default:
                escaped += c;
        }
    }
    return escaped;
}

}  // namespace

std::string RenderWebVtt(const PublishedFacts& facts) {
    std::string text(kWebVttStart);
    text += '\n';
    for (const auto& seen : facts.appearances) {
        text += fmt::format(
            "\n{} --> {}\n{}{}\n",
            TimeText(seen.start_ms),
            TimeText(std::max(seen.end_ms, seen.start_ms + 1)),
            Escaped(OneLine(seen.person_name)),
            seen.certainty == Certainty::kPossible ? " (possible)" : ""
        );
    }
    return text;
}

}  // namespace notify
