#pragma once

// A rule holds for what is discovered from now on; this takes what is there already.

#include <stop_token>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The buckets that a rule holds for, in the order they were added.
[[nodiscard]] Result<std::vector<BucketId>> BucketsOf(const Snapshot& snapshot, const Rule& rule);

/// Adds a first run of what the rule chooses to each item of its buckets that never had it, 100 items in a
/// transaction; how many. Of each key the newest version; not what was cancelled, superseded, removed, or
/// skipped unopened for what it is. Can be repeated: nothing is given twice. Audited as "rule.apply" before
/// the first. kNotFound; kConflict while the rule is disabled; kStopped after `stop`, with what was added so
/// far there. Thread-safe.
[[nodiscard]] Result<int> ApplyToExisting(
    Storage& storage,
    const Clock& clock,
    const RuleId& id,
    std::string_view actor,
    const std::stop_token& stop
);

}  // namespace notify
