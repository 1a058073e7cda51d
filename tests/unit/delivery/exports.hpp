#pragma once

// Facts of a made-up item, and what a reader that is not ours makes of a file in one of the formats.

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "delivery/publishing/facts.hpp"

namespace notify::testing {

/// "day1/clip.mp4" in "inbox", of 60 s at 1920 × 1080 and 25 frames a second from 10:00:00:00; nobody in it.
[[nodiscard]] PublishedFacts SomeFacts();

/// A confirmed appearance in it, at 97.5 %.
[[nodiscard]] Appearance Seen(
    const PublishedFacts& facts, std::string_view name, std::int64_t start_ms, std::int64_t end_ms
);

/// What tests/unit/delivery/read_export.py reads: it is strict, and a file that breaks the format's rules
/// gives
/// {"error": …}.
[[nodiscard]] boost::json::value ReadExport(std::string_view format, std::string_view text);

}  // namespace notify::testing
