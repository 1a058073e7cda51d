#pragma once

// How it is told that the database itself is away.

#include <string_view>

namespace notify {

/// The reason of a kUnavailable: the connection is gone, so what was asked for may or may not have been done.
/// Nobody who was at work is to blame.
inline constexpr std::string_view kDatabaseAway = "database_away";

}  // namespace notify
