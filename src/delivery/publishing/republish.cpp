#include "delivery/publishing/republish.hpp"

#include <stop_token>
#include <string>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kItems = 200;

Result<void> CheckPublishes(const Snapshot& snapshot, const BucketId& id) {
    return snapshot.buckets.Get(id).and_then([](const Bucket& bucket) -> Result<void> {
        if (bucket.publish) {
            return {};
        }
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "bucket '{0}' does not publish results; let it first (publish: true, or notifications-api "
                "buckets change {0} --publish)",
                bucket.name
            )
        );
    });
}

/// Counts a page of items into `sum`; where the next one begins.
Result<std::string> RequestPage(
    Transaction& transaction, const BucketId& id, const std::string& after, Timestamp now, Republished& sum
) {
    const auto page = transaction.items.List(
        {.bucket_id = id, .status = {}, .key_contains = {}}, {.after = after, .limit = kItems}
    );
    if (!page) {
        return Unexpected(page.error());
    }
    for (const auto& item : page->rows) {
        const auto requested = RequestPublications(transaction, item.id, now);
        if (!requested) {
            return Unexpected(requested.error());
        }
        ++(*requested ? sum.items : sum.left_out);
    }
    return page->next;
}

}  // namespace

Result<Republished> Republish(
    Storage& storage, const BucketId& id, Timestamp now, const std::stop_token& stop
) {
    if (auto checked = storage.Read([&](const Snapshot& snapshot) { return CheckPublishes(snapshot, id); });
        !checked) {
        return Unexpected(checked.error());
    }
    Republished done;
    std::string after;
    do {
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "the service stopped");
        }
        Republished so_far;
        const auto next = storage.Write([&](Transaction& transaction) {
            so_far = done;  // may be run again
            return RequestPage(transaction, id, after, now, so_far);
        });
        if (!next) {
            return Unexpected(next.error());
        }
        done = so_far;
        after = *next;
    } while (!after.empty());
    return done;
}

Result<Republished> RepublishAll(
    Storage& storage, const SourceId& source, Timestamp now, const std::stop_token& stop
) {
    const auto buckets = storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    Republished all;
    for (const auto& bucket : *buckets) {
        if (bucket.source_id != source || !bucket.publish) {
            continue;
        }
        const auto done = Republish(storage, bucket.id, now, stop);
        if (!done) {
            return done;
        }
        all.items += done->items;
        all.left_out += done->left_out;
    }
    return all;
}

}  // namespace notify
