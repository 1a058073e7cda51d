#include "http/routes/bucket_shown.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/pause.hpp"
#include "domain/rule.hpp"
#include "domain/scan.hpp"
#include "domain/source.hpp"
#include "http/entity_tag.hpp"
#include "http/message.hpp"
#include "http/routes/bucket_options.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/rule_checks.hpp"
#include "http/views_buckets.hpp"
#include "http/views_rules.hpp"
#include "sources/hops.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_text.hpp"
#include "storage/pause_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/scan_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

double InSeconds(std::chrono::milliseconds duration) {
    return static_cast<double>(duration.count()) / 1000;
}

std::string_view WordOf(HopState state) {
    return state == HopState::kPassed ? "passed" : state == HopState::kFailed ? "failed" : "not reached";
}

/// The last scan; of one in ranges the position is that of the first range that is not done.
Result<std::optional<ScanState>> LastScan(const Snapshot& snapshot, const BucketId& id) {
    auto scan = snapshot.scans.Get(id);
    const auto ranges = snapshot.scans.Ranges(id);
    if (!scan || !*scan || !ranges) {
        return ranges ? scan : Unexpected(ranges.error());
    }
    const auto open = std::ranges::find(*ranges, false, &ScanRange::done);
    if (open != ranges->end()) {
        (*scan)->position = open->position.empty() ? open->after : open->position;
    }
    return scan;
}

}  // namespace

Result<Ruled> WithRules(const Snapshot& snapshot, const Bucket& bucket, Timestamp now) {
    const auto source = snapshot.sources.Get(bucket.source_id);
    const auto last_scan = LastScan(snapshot, bucket.id);
    const auto hold = snapshot.buckets.HoldOf(bucket.id);
    const auto pause = snapshot.pauses.OfBucketItself(bucket.id, now);
    if (!source || !last_scan || !hold || !pause) {
        return Unexpected(
            !source      ? source.error()
            : !last_scan ? last_scan.error()
            : !hold      ? hold.error()
                         : pause.error()
        );
    }
    return snapshot.rules.OfBucket(bucket.id)
        .and_then([&](const std::vector<Rule>& rules) { return ShowRules(snapshot, rules); })
        .map([&](std::vector<view::RuleView> rules) {
            return Ruled{
                .bucket = bucket,
                .source = source->name,
                .rules = std::move(rules),
                .last_scan = *last_scan,
                .pause = *pause,
                .hold = *hold
            };
        });
}

view::BucketScan ShowScan(std::string_view word, const ScanState& scan) {
    return {
        .state = {std::string(word)},
        .seen = static_cast<std::int64_t>(scan.seen),
        .started_at = ToRfc3339(scan.started_at),
        .position = KeyText(scan.position),
        .position_at = TextOf(scan.position.empty() ? std::nullopt : std::optional(scan.position_at)),
    };
}

view::BucketView Show(const Ruled& ruled) {
    const auto& bucket = ruled.bucket;
    view::BucketView shown{
        .id = bucket.id.Value(),
        .name = bucket.name,
        .kind = bucket.kind,
        .source = ruled.source,
        .location = bucket.location,
        .active = bucket.active,
        .scan_interval_seconds = InSeconds(bucket.scan_interval),
        .settle_seconds = InSeconds(bucket.settle_time),
        .include = bucket.include,
        .exclude = bucket.exclude,
        .publish = bucket.publish,
        .weight = bucket.weight,
        .max_in_flight = bucket.max_in_flight,
        .rules = ruled.rules,
        .last_scan_at = TextOf(bucket.last_scan_at),
        .last_scan_note = bucket.last_scan_note,
        .scan = ruled.last_scan ? ShowScan("idle", *ruled.last_scan) : view::BucketScan{.state = {"idle"}},
        .created_at = ToRfc3339(bucket.created_at),
    };
    ShowOptions(shown, bucket.options);
    if (ruled.pause) {
        shown.paused = Sentence(*ruled.pause);
    }
    if (ruled.hold) {
        shown.held = view::BucketHold{
            .until = ToRfc3339(ruled.hold->until),
            .code = ruled.hold->reason,
            .sentence = ruled.hold->sentence
        };
    }
    return shown;
}

Result<void> CheckUnchangedBucket(
    const Snapshot& snapshot, const Request& request, const Bucket& bucket, Timestamp now
) {
    if (!IsConditional(request)) {
        return {};
    }
    return WithRules(snapshot, bucket, now).and_then([&](const Ruled& ruled) {
        return CheckUnchanged<view::BucketChange>(request, Show(ruled));
    });
}

view::BucketTest ShowTest(const Source& source, const Result<void>& checked) {
    view::BucketTest test{
        .passed = checked.has_value(),
        .code = checked ? "" : checked.error().reason,
        .sentence = checked ? "" : checked.error().message,
        .hops = {}
    };
    for (const auto& hop : HopsOf(source, checked)) {
        test.hops.push_back({.hop = std::string(hop.name), .state = std::string(WordOf(hop.state))});
    }
    return test;
}

}  // namespace notify
