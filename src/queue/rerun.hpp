#pragma once

// Runs what a bucket holds already again: what is missing, what has changed, or everything.

#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

enum class RerunMode : std::uint8_t {
    kMissing,  ///< What a rule chooses and there is no result of: never run, or Failed.
    kChanged,  ///< What there is a result of, but none with the configuration and processor version of now.
    kForce,    ///< Everything that rules choose, also what was cancelled.
};

inline constexpr std::array<std::string_view, 3> kRerunModeWords{"missing", "changed", "force"};

struct RerunOrder {
    BucketId bucket;
    RerunMode mode = RerunMode::kMissing;
    std::vector<std::string> processors;  ///< Names of the registry; none: all that rules choose.
    std::optional<int> priority;          ///< Of the new runs; else that of their rules.
    bool baseline = false;                ///< Also what was set aside: before_baseline, done_elsewhere.
    bool dry_run = false;                 ///< Only counts.
};

struct RerunCounts {
    std::int64_t looked_at = 0;  ///< Newest versions of keys.
    std::int64_t items = 0;      ///< That get a run.
    std::int64_t processes = 0;  ///< New runs.
    std::int64_t busy = 0;       ///< Runs that wait or go on already, and are left alone.
    std::int64_t set_aside = 0;  ///< Items left alone as before_baseline or done_elsewhere.
};

/// Adds a run of what the enabled rules of the bucket choose to the newest version of each key, as the order
/// says, 100 items in a transaction. What still waits or runs, was superseded, or was skipped for what it is
/// (a link that leads outside), is left alone; so is what waits for the bucket's budget. Audited as
/// "bucket.rerun" unless it is a dry run. kNotFound; kStopped after `stop`, with what was added so far there.
/// Thread-safe.
[[nodiscard]] Result<RerunCounts> RerunBucket(
    Storage& storage,
    const Clock& clock,
    const RerunOrder& order,
    std::string_view actor,
    const std::stop_token& stop
);

}  // namespace notify
