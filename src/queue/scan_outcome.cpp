#include "queue/scan_outcome.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
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

}  // namespace

Result<void> WriteScanOutcome(
    Transaction& transaction, const Bucket& bucket, const Result<ScanSummary>& outcome, Timestamp now
) {
    const auto note = outcome ? outcome->note : FailureNote(bucket, outcome.error());
    const auto before = transaction.buckets.Get(bucket.id);
    if (!before) {
        return Unexpected(before.error());
    }
    if (!outcome && before->last_scan_note != note) {
        auto told = transaction.events.Append({
            .id = EventId(MakeId("msg")),
            .type = "bucket.scan_failed",
            .subject = bucket.id.Value(),
            .dedup_key = {},
            .at = now,
            .data = ToJsonText(
                boost::json::object{{"bucket", bucket.id.Value()}, {"name", bucket.name}, {"reason", note}}
            ),
        });
        if (!told) {
            return Unexpected(told.error());
        }
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
