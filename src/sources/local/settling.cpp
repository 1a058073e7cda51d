#include "sources/local/settling.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "sources/local/walk.hpp"

namespace notify {

namespace {

// a file that nobody touched for so long is complete, whatever was or was not seen of it
constexpr std::chrono::minutes kTrusted{10};

}  // namespace

SettlingScan::SettlingScan(LatelyChanged before, std::chrono::milliseconds settle, Timestamp now)
    : before_(std::move(before)), settle_(settle), now_(now) {}

Timestamp SettlingScan::CompleteAt(const WalkedFile& file) {
    const auto changed = FromMillis(std::max(file.modified_ns, file.changed_ns) / 1'000'000);
    if (settle_ <= std::chrono::milliseconds(0) ||
        now_ - changed >= std::max<Timestamp::duration>(kTrusted, settle_)) {
        return now_;
    }
    SeenFile seen{.size_bytes = file.size_bytes, .modified_ns = file.modified_ns, .first_seen = now_};
    if (auto known = before_.extract(file.key)) {
        const auto& was = known.mapped();
        if (was.size_bytes == seen.size_bytes && was.modified_ns == seen.modified_ns) {
            seen.first_seen = std::min(was.first_seen, now_);
        }
        known.mapped() = seen;
        after_.insert(std::move(known));
    } else {
        after_.insert_or_assign(file.key, seen);
    }
    const auto stable_at = seen.first_seen + settle_;
    return changed > now_ ? stable_at : std::max(stable_at, changed + settle_);
}

LatelyChanged SettlingScan::TakeMemoryOfPart() {
    after_.merge(before_);
    return std::move(after_);
}

LatelyChanged SettlingMemory::Take(const BucketId& bucket) {
    const std::scoped_lock lock(mutex_);
    const auto taken = buckets_.extract(bucket);
    return taken ? std::move(taken.mapped()) : LatelyChanged();
}

void SettlingMemory::Keep(const BucketId& bucket, LatelyChanged files) {
    const std::scoped_lock lock(mutex_);
    if (files.empty()) {
        buckets_.erase(bucket);
    } else {
        buckets_[bucket] = std::move(files);
    }
}

}  // namespace notify
