#include "queue/ordered_scan.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/scan.hpp"
#include "queue/intake.hpp"
#include "queue/range_compare.hpp"
#include "queue/removal.hpp"
#include "sources/source.hpp"
#include "storage/bucket_options_text.hpp"
#include "storage/scan_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kRemovedBatch = 100;  // items: others wait for such a transaction some 10 ms
constexpr int kForgottenBatch = 1000;

/// While there is nothing new: what a kill costs of a scan.
constexpr std::chrono::seconds kPutAtLeast{5};

/// Changes with what decides which objects count.
std::string ScopeOf(const Bucket& bucket) {
    auto text = OptionsToText({.filters = bucket.options.filters, .sequences = bucket.options.sequences}) +
                bucket.location;
    for (const auto* globs : {&bucket.include, &bucket.exclude}) {
        text += '\0';
        for (const auto& glob : *globs) {
            text += '\n' + glob;
        }
    }
    return Sha256Hex(text);
}

}  // namespace

Result<void> OrderedScan::Begin() {
    const auto read = storage_.Read([&](const Snapshot& snapshot) { return snapshot.scans.Get(bucket_.id); });
    if (!read) {
        return Unexpected(read.error());
    }
    const auto last = read->value_or(ScanState{.number = 0, .finished_at = Timestamp()});
    const auto scope = ScopeOf(bucket_);
    const auto now = clock_.Now();
    resumed_ = !last.finished_at && last.scope == scope;
    state_ =
        resumed_
            ? last
            : ScanState{.number = last.number + 1, .started_at = now, .scope = scope, .position_at = now};
    began_behind_ = state_.position;
    put_at_ = now;
    // what a scan did not see that was given up is nothing that two whole scans in a row did not see
    return last.finished_at || resumed_ ? Result<void>{} : ForgetMissed();
}

Result<void> OrderedScan::Found(FoundObject object) {
    return See({.object = std::move(object), .counts = true});
}

Result<void> OrderedScan::Passed(std::string key) {
    return See({.object = {.key = std::move(key)}, .counts = false});
}

Result<void> OrderedScan::See(Sighting sighting) {
    const auto& last = sightings_.empty() ? state_.position : sightings_.back().object.key;
    if (sighting.object.key > last) {
        sightings_.push_back(std::move(sighting));
    } else if (sighting.counts) {
        late_.push_back(std::move(sighting.object));
    }
    return sightings_.size() + late_.size() < kScanBatch ? Result<void>{} : Flush(false);
}

Result<void> OrderedScan::End(const std::stop_token& stop) {
    return Flush(true).and_then(
                          [&] { return RemoveGone(stop); }
    ).and_then([&] {
         return ForgetMissed();
     }).and_then([&] {
        state_.finished_at = clock_.Now();
        state_.position.clear();
        return Put();
    });
}

Result<void> OrderedScan::BreakOff(bool failed) {
    return Flush(false).and_then([&] {
        const bool came_further = Kept(state_).position != began_behind_;
        const bool gives_up = failed && resumed_ && !came_further;
        if (gives_up) {
            state_.scope.clear();
        }
        return came_further || gives_up ? Put() : Result<void>{};
    });
}

Result<void> OrderedScan::Flush(bool to_the_end) {
    auto sightings = std::exchange(sightings_, {});
    // before the range in whose place they were told: a kill between the two costs nothing
    if (auto taken = TakeLate(std::exchange(late_, {})); !taken) {
        return taken;
    }
    std::span<Sighting> left(sightings);
    bool more = to_the_end || !left.empty();
    const auto end = to_the_end || !more ? std::nullopt : std::optional(left.back().object.key);
    while (more) {
        const auto position = state_.position;
        const auto compared = CompareRange(storage_, bucket_, {.after = position, .through = end}, left);
        auto committed = compared.and_then([&](const ComparedRange& range) { return Commit(range); });
        if (!committed) {
            return committed;
        }
        left = left.subspan(compared->sightings);
        more = compared->through != end;
    }
    return {};
}

Result<void> OrderedScan::Commit(const ComparedRange& compared) {
    auto next = state_;
    next.position = compared.through.value_or(next.position);
    next.position_at = clock_.Now();
    next.seen += compared.sightings;
    const bool nothing = compared.wanted.empty() && compared.missing.empty();
    if (!nothing || next.position_at - put_at_ >= kPutAtLeast) {
        FailPoint("fetched");
        const auto taken = storage_.Write([&](Transaction& transaction) -> Result<int> {
            for (const auto& item : compared.missing) {
                if (auto noted = transaction.scans.NoteMissing(bucket_.id, next.number, item); !noted) {
                    return Unexpected(noted.error());
                }
            }
            return transaction.scans.Put(bucket_.id, Kept(next)).and_then([&] {
                return TakeAll(transaction, bucket_.id, compared.wanted, clock_);
            });
        });
        if (!taken) {
            return Unexpected(taken.error());
        }
        added_ += *taken;
        put_at_ = next.position_at;
    }
    state_ = std::move(next);
    return {};
}

Result<void> OrderedScan::TakeLate(const std::vector<FoundObject>& late) {
    if (late.empty()) {
        return {};
    }
    return Intake(storage_, clock_).Take(bucket_, late).map([&](int taken) {
        added_ += taken;
        state_.seen += late.size();
    });
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

Result<void> OrderedScan::Put() {
    put_at_ = clock_.Now();
    return storage_.Write([&](Transaction& transaction) {
        return transaction.scans.Put(bucket_.id, Kept(state_));
    });
}

/// As it is written: a range that is held was taken in, and is looked at again after a cut.
ScanState OrderedScan::Kept(ScanState state) const {
    if (resumes_after_ && !state.finished_at) {
        state.position = std::min(state.position, resumes_after_());
    }
    return state;
}

}  // namespace notify
