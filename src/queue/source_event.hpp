#pragma once

// Events that are about a source: source.auth_failed and the like.

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "core/clock.hpp"
#include "domain/event.hpp"
#include "domain/source.hpp"

namespace notify {

/// An event of `type` with the source's id, name and kind, and `details` behind them. `dedup_key`: as
/// Event's.
[[nodiscard]] Event SourceEvent(
    std::string_view type,
    const Source& source,
    Timestamp at,
    const boost::json::object& details,
    std::string dedup_key = {}
);

}  // namespace notify
