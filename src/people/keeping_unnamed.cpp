#include "people/keeping_unnamed.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<KeepingUnnamed> KeepingUnnamed::Read(const Snapshot& snapshot, std::chrono::days otherwise) {
    return snapshot.buckets.List().map([&](const std::vector<Bucket>& buckets) {
        KeepingUnnamed keeping(otherwise);
        for (const auto& bucket : buckets) {
            keeping.of_bucket_[bucket.id] = bucket.options.retention.unnamed.value_or(otherwise);
        }
        return keeping;
    });
}

std::optional<std::chrono::days> KeepingUnnamed::Shortest() const {
    std::optional<std::chrono::days> shortest;
    const auto add = [&](std::chrono::days period) {
        if (period.count() > 0 && (!shortest || period < *shortest)) {
            shortest = period;
        }
    };
    add(otherwise_);
    for (const auto& [bucket, period] : of_bucket_) {
        add(period);
    }
    return shortest;
}

Result<std::vector<TrackId>> KeepingUnnamed::Due(
    const Snapshot& snapshot, const std::vector<AgedFace>& faces, Timestamp now
) const {
    const auto shortest = Shortest();
    std::map<ResultId, std::chrono::days> periods;
    std::vector<TrackId> due;
    for (const auto& face : faces) {
        const bool may_be_due = shortest && face.stored_at < now - *shortest;
        if (!may_be_due || face.is_named || face.is_empty) {
            continue;
        }
        auto period = periods.find(face.result);
        if (period == periods.end()) {
            const auto buckets = snapshot.results.BucketsWith(face.result);
            if (!buckets) {
                return Unexpected(buckets.error());
            }
            period = periods.emplace(face.result, LongestOf(*buckets)).first;
        }
        if (period->second.count() > 0 && face.stored_at < now - period->second) {
            due.push_back(face.track);
        }
    }
    return due;
}

std::chrono::days KeepingUnnamed::LongestOf(const std::vector<BucketId>& buckets) const {
    auto longest = buckets.empty() ? otherwise_ : std::chrono::days(1);
    for (const auto& bucket : buckets) {
        const auto known = of_bucket_.find(bucket);
        const auto period = known != of_bucket_.end() ? known->second : otherwise_;
        if (period.count() == 0) {
            return period;
        }
        longest = std::max(longest, period);
    }
    return longest;
}

}  // namespace notify
