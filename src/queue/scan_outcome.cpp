#include "queue/scan_outcome.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "queue/bucket_hold.hpp"
#include "queue/bucket_scan.hpp"
#include "queue/scan_turn.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The same at each try, so that it is told once.
std::string FailureNote(const Bucket& bucket, const Error& error) {
    if (!bucket.active) {
        return error.message;
    }
    const auto least = std::chrono::duration_cast<std::chrono::seconds>(kRetryScan);
    const auto most = std::chrono::ceil<std::chrono::seconds>(bucket.scan_interval);
    return fmt::format(
        "{}; it is tried again within {} s, then less often, but at least every {} s",
        error.message,
        std::min(least, most).count(),
        most.count()
    );
}

/// A listing that is refused for its credentials holds the bucket back as a refused item does. False: it is
/// not released.
Result<bool> HoldRefused(Transaction& transaction, const BucketId& id, const Error& error, Timestamp now) {
    const bool refused = error.code == ErrorCode::kUnauthenticated && HoldsBucket(error);
    return refused ? HoldBucket(transaction, id, error, now).map([] { return false; }) : Result<bool>(false);
}

Event Told(const Bucket& bucket, std::string_view type, boost::json::object data, Timestamp now) {
    data["bucket"] = bucket.id.Value();
    data["name"] = bucket.name;
    return {
        .id = EventId(MakeId("msg")),
        .type = std::string(type),
        .subject = bucket.id.Value(),
        .dedup_key = {},
        .at = now,
        .data = ToJsonText(data),
    };
}

Event Completed(const Bucket& bucket, const ScanSummary& scan, Timestamp now) {
    boost::json::object counts{
        {"seen", scan.seen}, {"added", scan.added}, {"settling", scan.settling}, {"filtered", scan.filtered}
    };
    return Told(bucket, "bucket.scan_completed", std::move(counts), now);
}

}  // namespace

Result<void> WriteScanOutcome(
    Transaction& transaction, const Bucket& bucket, const Result<ScanSummary>& outcome, Timestamp now
) {
    const auto note = outcome ? outcome->note : FailureNote(bucket, outcome.error());
    const auto before = transaction.buckets.Get(bucket.id);
    if (!before) {
        return Unexpected(before.error());
    }
    std::vector<Event> events;
    if (!outcome && before->last_scan_note != note) {
        events.push_back(Told(bucket, "bucket.scan_failed", {{"reason", note}}, now));
    }
    if (outcome && outcome->added > 0) {
        events.push_back(Completed(bucket, *outcome, now));
    }
    if (auto told = transaction.events.AppendAll(events); !told) {
        return told;
    }
    // what can be listed can be read again
    auto released = outcome ? transaction.buckets.Release(bucket.id, now)
                            : HoldRefused(transaction, bucket.id, outcome.error(), now);
    const bool well_again = outcome && !before->last_scan_note.empty() && before->last_scan_note != note;
    const bool whole = outcome && outcome->whole;
    return released
        .and_then([&](bool) {
            return well_again ? transaction.buckets.Wake(bucket.id, now) : Result<int>(0);
        })
        .and_then([&](int) { return transaction.buckets.SetScanned(bucket.id, now, note, whole); });
}

}  // namespace notify
