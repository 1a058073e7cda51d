#pragma once

// Who appears when, as an edit decision list in the CMX 3600 format (SMPTE 258M): all appearances one after
// the other. With the comments that editing systems read: FROM CLIP NAME, COMMENT, LOC (Avid's locators).

#include <string>
#include <string_view>

#include "delivery/publishing/facts.hpp"

namespace notify {

/// How every such file begins.
inline constexpr std::string_view kEdlStart = "TITLE: People in ";

/// A cut for each appearance from reel AX, its source times those of the media's timecode (which begins at
/// 00:00:00:00 where the media has none), its record times from 01:00:00:00 on without gap or overlap: people
/// who are seen at the same time follow each other. No events without HasEditTimecode. Event numbers have
/// three digits up to 999 and four and more beyond, as current systems write and read them.
[[nodiscard]] std::string RenderEdl(const PublishedFacts& facts);

}  // namespace notify
