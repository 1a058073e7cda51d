#include "delivery/publishing/edl.hpp"

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "core/timecode.hpp"
#include "delivery/publishing/facts.hpp"
#include "delivery/publishing/line_text.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

/// The record side: the media's rate and way of counting, from one hour on.
Timebase RecordOf(const Timebase& source) {
    return ParseTimecode(source.drop_frame ? "01:00:00;00" : "01:00:00:00", source.rate).value_or(source);
}

}  // namespace

std::string RenderEdl(const PublishedFacts& facts) {
    const auto& source = facts.media.timebase;
    const auto clip = OneLine(facts.item.key.substr(facts.item.key.rfind('/') + 1));
    std::string text =
        fmt::format("{}{}\nFCM: {}\n", kEdlStart, clip, source.drop_frame ? "DROP FRAME" : "NON-DROP FRAME");
    if (!HasEditTimecode(source)) {
        return text;
    }
    const auto record = RecordOf(source);
    std::int64_t recorded = 0;
    int number = 0;
    for (const auto& seen : facts.appearances) {
        const auto span = SpanOf(seen, source);
        const auto record_in = TimecodeAfter(recorded, record);
        text += fmt::format(
            "\n{:03}  AX       V     C        {} {} {} {}\n",
            ++number,
            TimecodeAfter(span.first, source),
            TimecodeAfter(span.first + span.length, source),
            record_in,
            TimecodeAfter(recorded + span.length, record)
        );
        text += fmt::format("* FROM CLIP NAME: {}\n* COMMENT: {}\n", clip, CommentOf(seen));
        text += fmt::format(
            "* LOC: {} {:<7} {}\n",
            record_in,
            seen.certainty == Certainty::kConfirmed ? "GREEN" : "YELLOW",
            OneLine(seen.person_name)
        );
        recorded += span.length;
    }
    return text;
}

}  // namespace notify
