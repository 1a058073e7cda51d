#include "queue/refusal.hpp"

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "queue/source_event.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Holds last until a bucket can be read again, over restarts too, so they tell what was told.
Result<bool> IsTold(const Transaction& transaction, const SourceId& source, const Error& error) {
    const auto buckets = transaction.buckets.List();
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    for (const auto& bucket : *buckets) {
        if (bucket.source_id != source) {
            continue;
        }
        const auto hold = transaction.buckets.HoldOf(bucket.id);
        if (!hold) {
            return Unexpected(hold.error());
        }
        if (*hold && (*hold)->reason == error.reason) {
            return true;
        }
    }
    return false;
}

}  // namespace

Event RefusalEvent(const Source& source, const Error& error, Timestamp now) {
    return SourceEvent(
        "source.auth_failed", source, now, {{"code", error.reason}, {"sentence", error.message}}
    );
}

Result<void> TellRefusal(
    Transaction& transaction, const BucketId& bucket, const Error& error, Timestamp now
) {
    if (error.code != ErrorCode::kUnauthenticated) {
        return {};
    }
    const auto of = transaction.buckets.Get(bucket);
    const auto source =
        of.and_then([&](const Bucket& found) { return transaction.sources.Get(found.source_id); });
    if (!source) {
        return Unexpected(source.error());
    }
    const auto told = IsTold(transaction, source->id, error);
    if (!told || *told) {
        return told ? Result<void>() : Unexpected(told.error());
    }
    return transaction.events.Append(RefusalEvent(*source, error, now)).map([](bool) {});
}

}  // namespace notify
