#pragma once

// Who appears when, as the text that Avid Media Composer's Marker window imports and exports: a marker a
// line, its fields separated by tabs: name, timecode, track, colour, comment, length in frames.

#include <string>
#include <string_view>

#include "delivery/publishing/facts.hpp"

namespace notify {

/// How every line begins: the marker's name, by which an editor tells them from people's own. A file without
/// markers is empty.
inline constexpr std::string_view kAvidMarkersStart = "notifications\t";

/// A marker on V1 where each appearance begins, as long as it (a spanned marker), green when confirmed and
/// yellow when possible; the comment begins with the person's name. Timecodes are the media's, from
/// 00:00:00:00 where it has none. Empty without HasEditTimecode.
[[nodiscard]] std::string RenderAvidMarkers(const PublishedFacts& facts);

}  // namespace notify
