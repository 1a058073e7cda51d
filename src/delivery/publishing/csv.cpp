#include "delivery/publishing/csv.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/timecode.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/publishing/facts.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

constexpr std::string_view kRestOfHeader =
    "certainty,similarity,start_ms,end_ms,best_shot_ms,start_frame,end_frame,start_timecode,end_timecode,"
    "frame_rate,x,y,width,height\r\n";

/// RFC 4180, section 2, rules 5 to 7.
std::string Field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string(text);
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c == '"' ? "\"\"" : std::string(1, c);
    }
    return quoted + "\"";
}

std::string FrameText(std::int64_t ms, const Timebase& timebase) {
    const auto frame = FrameAt(ms, timebase.rate);
    return frame ? fmt::format("{}", *frame) : std::string();
}

std::string Row(const PublishedFacts& facts, const Appearance& seen) {
    const auto& timebase = seen.timebase;
    const std::vector<std::string> fields{
        Field(ValidUtf8(facts.bucket)),
        Field(ValidUtf8(facts.item.key)),
        facts.item.id.Value(),
        seen.person_id.Value(),
        Field(ValidUtf8(seen.person_name)),
        std::string(ToString(seen.certainty)),
        fmt::format("{:.1f}", seen.similarity),
        fmt::format("{}", seen.start_ms),
        fmt::format("{}", seen.end_ms),
        fmt::format("{}", seen.best_shot_ms),
        FrameText(seen.start_ms, timebase),
        FrameText(seen.end_ms, timebase),
        TimecodeAt(seen.start_ms, timebase).value_or(""),
        TimecodeAt(seen.end_ms, timebase).value_or(""),
        timebase.rate.IsKnown() ? ToText(timebase.rate) : std::string(),
        fmt::format("{}", std::lround(seen.box.x)),
        fmt::format("{}", std::lround(seen.box.y)),
        fmt::format("{}", std::lround(seen.box.width)),
        fmt::format("{}", std::lround(seen.box.height))
    };
    return fmt::format("{}\r\n", fmt::join(fields, ","));
}

}  // namespace

std::string RenderCsv(const PublishedFacts& facts) {
    std::string text(kCsvStart);
    text += kRestOfHeader;
    for (const auto& appearance : facts.appearances) {
        text += Row(facts, appearance);
    }
    return text;
}

}  // namespace notify
