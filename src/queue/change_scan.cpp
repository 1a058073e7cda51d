#include "queue/change_scan.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/scan.hpp"
#include "queue/scan_scope.hpp"
#include "storage/rule_repository.hpp"
#include "storage/scan_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

// a search may learn late of what changed, and clocks differ
constexpr auto kOverlap = std::chrono::minutes(15);
constexpr auto kWholeEvery = std::chrono::hours(24);

/// Another text when a scan may find what the ones before did not.
Result<std::string> ScopeWithRules(const Snapshot& snapshot, const Bucket& bucket) {
    const auto rules = snapshot.rules.OfBucket(bucket.id);
    const auto source = snapshot.sources.Get(bucket.source_id);
    const auto secrets = snapshot.sources.Secrets(bucket.source_id);
    if (!rules || !source || !secrets) {
        return Unexpected(!rules ? rules.error() : !source ? source.error() : secrets.error());
    }
    auto text = ScopeOf(bucket) + '\0' + source->config;
    for (const auto& secret : *secrets) {  // others may see other assets
        text += fmt::format("\n{}", secret.number);
    }
    for (const auto& rule : *rules) {
        text += fmt::format("\n{} {}", rule.id.Value(), ToRfc3339(rule.changed_at));
    }
    return Sha256Hex(text);
}

bool MayBeOfChanges(const ScanState& last, const std::string& scope, Timestamp now) {
    return last.finished_at && last.whole_at && last.scope == scope && last.started_at <= now &&
           now - *last.whole_at < kWholeEvery;
}

}  // namespace

Result<std::optional<Timestamp>> ChangeScan::Begin() {
    std::optional<ScanState> last;
    const auto scope = storage_.Read([&](const Snapshot& snapshot) -> Result<std::string> {
        auto kept = snapshot.scans.Get(bucket_.id);
        if (!kept) {
            return Unexpected(kept.error());
        }
        last = *std::move(kept);
        return ScopeWithRules(snapshot, bucket_);
    });
    if (!scope) {
        return Unexpected(scope.error());
    }
    const auto now = clock_.Now();
    const bool is_whole = !last || !MayBeOfChanges(*last, *scope, now);
    state_ = {
        .number = last ? last->number + 1 : 1,
        .started_at = now,
        .scope = *scope,
        .position_at = now,
        .whole_at = is_whole ? std::optional(now) : last->whole_at,
        .left_out = is_whole ? std::vector<std::string>() : last->left_out
    };
    const auto min_age = bucket_.options.filters.min_age.value_or(std::chrono::seconds(0));
    return is_whole ? std::nullopt : std::optional(last->started_at - kOverlap - min_age);
}

Result<void> ChangeScan::End(std::uint64_t seen, std::vector<std::string> left_out) {
    state_.seen = seen;
    state_.left_out = std::move(left_out);
    state_.finished_at = clock_.Now();
    return storage_.Write([&](Transaction& transaction) {
        return transaction.scans.Put(bucket_.id, state_);
    });
}

}  // namespace notify
