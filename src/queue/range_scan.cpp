#include "queue/range_scan.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/failpoint.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/scan.hpp"
#include "queue/intake.hpp"
#include "queue/range_compare.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// While there is nothing new: what a kill costs of a scan.
constexpr std::chrono::seconds kPutAtLeast{5};

}  // namespace

RangeScan::RangeScan(Storage& storage, const Clock& clock, const Bucket& bucket, ScanRange range, Keep keep)
    : storage_(storage),
      clock_(clock),
      bucket_(bucket),
      began_behind_(range.position),
      keep_(std::move(keep)),
      step_({.range = std::move(range), .at = clock.Now()}),
      put_at_(step_.at) {}

Result<void> RangeScan::Found(FoundObject object) {
    return See({.object = std::move(object), .counts = true});
}

Result<void> RangeScan::Passed(std::string key) {
    return See({.object = {.key = std::move(key)}, .counts = false});
}

Result<void> RangeScan::See(Sighting sighting) {
    const auto& key = sighting.object.key;
    const auto& through = step_.range.through;
    const auto& last = sightings_.empty() ? step_.range.position : sightings_.back().object.key;
    if (key > last && (!through || key <= *through)) {
        sightings_.push_back(std::move(sighting));
    } else {
        ++late_seen_;
        if (sighting.counts) {
            late_.push_back(std::move(sighting.object));
        }
    }
    return sightings_.size() + late_.size() < kScanBatch ? Result<void>{} : Flush(false);
}

Result<void> RangeScan::End() {
    return Flush(true).map([&] {
        resumes_after_ = nullptr;
        came_further_ = true;
    });
}

Result<void> RangeScan::BreakOff() {
    return Flush(false).and_then([&] {
        came_further_ = Kept(step_).range.position != began_behind_;
        auto put = came_further_ ? Put() : Result<void>{};
        resumes_after_ = nullptr;
        return put;
    });
}

RangeStep RangeScan::Step() const {
    const std::scoped_lock lock(mutex_);
    return step_;
}

void RangeScan::MoveTo(RangeStep step) {
    const std::scoped_lock lock(mutex_);
    step_ = std::move(step);
}

Result<void> RangeScan::Flush(bool to_the_end) {
    auto sightings = std::exchange(sightings_, {});
    // before the range in whose place they were told: a kill between the two costs nothing
    if (auto taken = TakeLate(std::exchange(late_, {})); !taken) {
        return taken;
    }
    std::span<Sighting> left(sightings);
    bool more = to_the_end || !left.empty();
    const auto end = to_the_end ? step_.range.through
                     : more     ? std::optional(left.back().object.key)
                                : std::nullopt;
    while (more) {
        const auto position = step_.range.position;
        const auto compared = CompareRange(storage_, bucket_, {.after = position, .through = end}, left);
        auto committed = compared.and_then([&](const ComparedRange& range) {
            return Commit(range, to_the_end && range.through == end);
        });
        if (!committed) {
            return committed;
        }
        left = left.subspan(compared->sightings);
        more = compared->through != end;
    }
    return {};
}

Result<void> RangeScan::Commit(const ComparedRange& compared, bool ends) {
    auto next = step_;
    next.range.position = compared.through.value_or(next.range.position);
    next.range.done = ends;
    next.at = clock_.Now();
    next.seen += compared.sightings;
    next.more += compared.sightings;
    const bool nothing = compared.wanted.empty() && compared.missing.empty();
    const bool keeps_end = ends && !IsWhole(next.range);  // else the scan's end is kept with it
    if (!nothing || keeps_end || next.at - put_at_ >= kPutAtLeast) {
        FailPoint("fetched");
        const auto kept = Kept(next);
        const auto taken = storage_.Write([&](Transaction& transaction) -> Result<int> {
            return keep_(transaction, kept, compared.missing).and_then([&] {
                return TakeAll(transaction, bucket_.id, compared.wanted, clock_);
            });
        });
        if (!taken) {
            return Unexpected(taken.error());
        }
        added_ += *taken;
        put_at_ = next.at;
        next.more = 0;
    }
    MoveTo(std::move(next));
    return {};
}

Result<void> RangeScan::TakeLate(const std::vector<FoundObject>& late) {
    if (late_seen_ == 0) {
        return {};
    }
    auto taken = late.empty() ? Result<int>(0) : Intake(storage_, clock_).Take(bucket_, late);
    return taken.map([&](int added) {
        auto next = step_;
        next.seen += late_seen_;
        next.more += std::exchange(late_seen_, 0);
        added_ += added;
        MoveTo(std::move(next));
    });
}

Result<void> RangeScan::Put() {
    auto next = step_;
    next.at = clock_.Now();
    const auto kept = Kept(next);
    return storage_.Write([&](Transaction& transaction) { return keep_(transaction, kept, {}); }).map([&] {
        put_at_ = next.at;
        next.more = 0;
        MoveTo(std::move(next));
    });
}

/// As it is written: what is held was taken in, and is looked at again after a cut.
RangeStep RangeScan::Kept(RangeStep step) const {
    if (resumes_after_ && !step.range.done) {
        step.range.position = std::min(step.range.position, resumes_after_());
    }
    return step;
}

}  // namespace notify
