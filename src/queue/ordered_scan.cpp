#include "queue/ordered_scan.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "queue/range_scan.hpp"
#include "queue/removal.hpp"
#include "queue/scan_scope.hpp"
#include "storage/scan_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kRemovedBatch = 100;  // items: others wait for such a transaction some 10 ms
constexpr int kForgottenBatch = 1000;

/// The keys behind `position`, cut behind each of `keys`; none when there is none to cut at.
std::vector<ScanRange> RangesBehind(const std::string& position, const std::vector<std::string>& keys) {
    std::vector<ScanRange> ranges;
    auto after = position;
    for (const auto& key : keys) {
        if (key > after) {
            ranges.push_back({.after = after, .through = key, .position = after});
            after = key;
        }
    }
    if (!ranges.empty()) {
        ranges.push_back({.after = after, .through = std::nullopt, .position = after});
    }
    return ranges;
}

/// What there is of the bucket's last scan.
struct LastScan {
    ScanState state;
    std::vector<ScanRange> ranges;
};

Result<LastScan> ReadLast(Storage& storage, const BucketId& bucket) {
    return storage.Read([&](const Snapshot& snapshot) -> Result<LastScan> {
        auto state = snapshot.scans.Get(bucket);
        auto ranges = snapshot.scans.Ranges(bucket);
        if (!state || !ranges) {
            return Unexpected(state ? ranges.error() : state.error());
        }
        return LastScan{
            .state = state->value_or(ScanState{.number = 0, .finished_at = Timestamp()}),
            .ranges = *std::move(ranges)
        };
    });
}

}  // namespace

Result<void> OrderedScan::Begin(const Cuts& cuts) {
    auto read = ReadLast(storage_, bucket_.id);
    if (!read) {
        return Unexpected(read.error());
    }
    const auto& last = read->state;
    const auto scope = ScopeOf(bucket_);
    const auto now = clock_.Now();
    resumed_ = !last.finished_at && last.scope == scope;
    state_ =
        resumed_
            ? last
            : ScanState{.number = last.number + 1, .started_at = now, .scope = scope, .position_at = now};
    // what a scan did not see that was given up is nothing that two whole scans in a row did not see
    auto forgotten = last.finished_at || resumed_ ? Result<void>{} : ForgetMissed();
    return forgotten.and_then([&] { return Cut(cuts, std::move(read->ranges)); });
}

/// Makes the ranges, and keeps them when others are kept. `kept`: those of the last scan.
Result<void> OrderedScan::Cut(const Cuts& cuts, std::vector<ScanRange> kept) {
    std::vector<ScanRange> ranges;
    if (resumed_ && !kept.empty()) {
        ranges = std::move(kept);
    } else {
        const auto keys = cuts ? cuts() : std::vector<std::string>();
        if (!keys) {
            return Unexpected(keys.error());
        }
        ranges = RangesBehind(state_.position, *keys);
        const bool are_others = !ranges.empty() || !kept.empty();
        if (auto put = are_others ? Put(ranges) : Result<void>{}; !put) {
            return put;
        }
    }
    if (ranges.empty()) {
        ranges.push_back({.after = {}, .through = std::nullopt, .position = state_.position});
    }
    const auto keep = [this](
                          Transaction& transaction, const RangeStep& step, const RangeScan::Missing& missing
                      ) { return Keep(transaction, step, missing); };
    for (auto& range : ranges) {
        if (!range.done) {
            ranges_.emplace_back(storage_, clock_, bucket_, std::move(range), keep);
        }
    }
    return {};
}

/// Of a scan that is not cut the position is its only range's.
Result<void> OrderedScan::Keep(
    Transaction& transaction, const RangeStep& step, const RangeScan::Missing& missing
) const {
    for (const auto& item : missing) {
        if (auto noted = transaction.scans.NoteMissing(bucket_.id, state_.number, item); !noted) {
            return noted;
        }
    }
    if (!IsWhole(step.range)) {
        return transaction.scans.MoveRange(bucket_.id, step.range, step.more, step.at);
    }
    auto state = state_;
    state.position = step.range.position;
    state.position_at = step.at;
    state.seen += step.seen;
    return transaction.scans.Put(bucket_.id, state);
}

ScanState OrderedScan::State() const {
    auto state = state_;
    bool is_at_first = true;
    for (const auto& range : ranges_) {
        const auto step = range.Step();
        state.seen += step.seen;
        state.position_at = step.seen > 0 ? std::max(state.position_at, step.at) : state.position_at;
        if (is_at_first && (!step.range.done || &range == &ranges_.back())) {
            state.position = step.range.position;
            is_at_first = false;
        }
    }
    if (state.finished_at) {
        state.position.clear();
    }
    return state;
}

int OrderedScan::Added() const {
    int added = 0;
    for (const auto& range : ranges_) {
        added += range.Added();
    }
    return added;
}

Result<void> OrderedScan::End(const std::stop_token& stop) {
    return RemoveGone(stop).and_then([&] { return ForgetMissed(); }).and_then([&] {
        state_.finished_at = clock_.Now();
        return Put({});
    });
}

Result<void> OrderedScan::BreakOff(bool failed) {
    const bool came_further = std::ranges::any_of(ranges_, &RangeScan::CameFurther);
    if (!failed || !resumed_ || came_further) {
        return {};
    }
    state_.scope.clear();  // it is given up
    return Put({});
}

Result<void> OrderedScan::RemoveGone(const std::stop_token& stop) {
    std::vector<ItemId> gone;
    do {
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "stopped while items were removed whose objects are gone");
        }
        auto next = storage_.Read([&](const Snapshot& snapshot) {
            const auto after = gone.empty() ? ItemId() : gone.back();
            return snapshot.scans.MissingTwice(bucket_.id, state_.number, after, kRemovedBatch);
        });
        if (!next) {
            return Unexpected(next.error());
        }
        gone = *std::move(next);
        auto removed = gone.empty() ? Result<void>{} : storage_.Write([&](Transaction& transaction) {
            return RemoveItems(transaction, gone, clock_.Now());
        });
        if (!removed) {
            return removed;
        }
    } while (std::ssize(gone) == kRemovedBatch);
    return {};
}

/// Forgets what earlier scans had not seen.
Result<void> OrderedScan::ForgetMissed() {
    Result<int> forgotten = 0;
    do {
        forgotten = storage_.Write([&](Transaction& transaction) {
            return transaction.scans.ForgetMissing(bucket_.id, state_.number, kForgottenBatch);
        });
    } while (forgotten && *forgotten == kForgottenBatch);
    return forgotten.map([](int) {});
}

Result<void> OrderedScan::Put(const std::vector<ScanRange>& ranges) {
    const auto state = State();
    return storage_.Write([&](Transaction& transaction) {
        return transaction.scans.Put(bucket_.id, state).and_then([&] {
            return transaction.scans.PutRanges(bucket_.id, ranges);
        });
    });
}

}  // namespace notify
