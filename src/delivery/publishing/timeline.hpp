#pragma once

// Who appears when in an asset, for a store that has a timeline: its publisher makes segments of it.

#include <string>

#include "delivery/publishing/facts.hpp"

namespace notify {

/// One line of JSON: {"looked": whether anybody looked for faces, "appearances": [{"person": its id, "name",
/// "certainty": "confirmed" or "proposed", "similarity": 0 … 100, "start_ms", "end_ms"}]}, by start, end,
/// name. The same appearances give the same bytes.
[[nodiscard]] std::string RenderTimeline(const PublishedFacts& facts);

}  // namespace notify
