#pragma once

// How many processes there are, kept with each change of some: a scrape that counted a million rows took
// seconds.

#include <map>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "domain/status.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// By how many there are more, by processor and status.
using ProcessCounts = std::map<std::pair<std::string, Status>, int>;

/// What adds processes or gives them another status calls this in the same transaction; those that are
/// removed are counted by the database. Of a terminal status it also counts how many ever got it.
[[nodiscard]] Result<void> KeepCounts(Connection& connection, const ProcessCounts& changes);

}  // namespace notify::sql
