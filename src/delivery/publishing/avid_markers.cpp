#include "delivery/publishing/avid_markers.hpp"

#include <string>

#include <fmt/format.h>

#include "delivery/publishing/facts.hpp"
#include "delivery/publishing/line_text.hpp"
#include "domain/person.hpp"

namespace notify {

std::string RenderAvidMarkers(const PublishedFacts& facts) {
    const auto& timebase = facts.media.timebase;
    std::string text;
    if (!HasEditTimecode(timebase)) {
        return text;
    }
    for (const auto& seen : facts.appearances) {
        const auto span = SpanOf(seen, timebase);
        text += fmt::format(
            "{}{}\tV1\t{}\t{}\t{}\n",
            kAvidMarkersStart,
            TimecodeAfter(span.first, timebase),
            seen.certainty == Certainty::kConfirmed ? "green" : "yellow",
            CommentOf(seen),
            span.length
        );
    }
    return text;
}

}  // namespace notify
