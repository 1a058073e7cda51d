#pragma once

// Who appears when, for players: https://www.w3.org/TR/webvtt1/.

#include <string>
#include <string_view>

#include "delivery/publishing/facts.hpp"

namespace notify {

/// How every such file begins.
inline constexpr std::string_view kWebVttStart = "WEBVTT - people";

/// A cue for each appearance, by start, with the person's name on one line, `&`, `<` and `>` escaped;
/// " (possible)" behind what is not confirmed. A cue is at least 1 ms long. Times count from the first frame.
[[nodiscard]] std::string RenderWebVtt(const PublishedFacts& facts);

}  // namespace notify
