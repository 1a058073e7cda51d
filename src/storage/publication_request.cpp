#include "storage/publication_request.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/publication.hpp"
#include "domain/status.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<void> Request(
    Transaction& transaction, const Bucket& bucket, const ItemId& item, std::string format, Timestamp now
) {
    return transaction.deliveries.RequestPublication(
        {.id = PublicationId(MakeId("pub")),
         .item_id = item,
         .destination = DestinationOf(bucket),
         .format = std::move(format)},
        now
    );
}

Result<std::map<BucketId, Bucket>> BucketsOf(const Transaction& transaction, const std::vector<Item>& items) {
    std::map<BucketId, Bucket> buckets;
    for (const auto& item : items) {
        if (buckets.contains(item.bucket_id)) {
            continue;
        }
        auto bucket = transaction.buckets.Get(item.bucket_id);
        if (!bucket) {
            return Unexpected(bucket.error());
        }
        buckets.emplace(item.bucket_id, *std::move(bucket));
    }
    return buckets;
}

}  // namespace

Result<bool> RequestPublications(Transaction& transaction, const ItemId& id, Timestamp now) {
    const auto item = transaction.items.Get(id);
    if (!item || !IsTerminal(item->status)) {
        return item ? Result<bool>(false) : Unexpected(item.error());
    }
    const auto bucket = transaction.buckets.Get(item->bucket_id);
    auto processes = transaction.processes.OfItem(id);
    const auto newest = transaction.items.Newest(item->bucket_id, item->key);
    if (!bucket || !processes || !newest) {
        return Unexpected(!bucket ? bucket.error() : !processes ? processes.error() : newest.error());
    }
    const bool replaced = *newest && (*newest)->id != id;
    const bool found = std::ranges::any_of(LatestRuns(std::move(*processes)), [](const Process& process) {
        return process.status == Status::kCompleted;
    });
    // what stands beside the media since an earlier run must not say Completed when the item does not any
    // more
    const auto published = transaction.deliveries.HasPublication(id);
    if (!published || !bucket->publish || replaced || (!found && !*published)) {
        return published.map([](bool) { return false; });
    }
    for (const auto& format : WantedFormats(*bucket)) {
        const auto requested = Request(transaction, *bucket, id, format, now);
        if (!requested) {
            return Unexpected(requested.error());
        }
    }
    return true;
}

Result<void> RequestStatus(Transaction& transaction, const Item& item, Timestamp now) {
    return RequestStatuses(transaction, {item}, now);
}

Result<void> RequestStatuses(Transaction& transaction, const std::vector<Item>& items, Timestamp now) {
    const auto buckets = BucketsOf(transaction, items);
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    const std::string format(kStatusPublication.name);
    for (const auto& item : items) {
        const auto& bucket = buckets->at(item.bucket_id);
        if (!HoldsAssets(bucket)) {
            continue;
        }
        const auto known = bucket.publish ? Result<std::optional<Status>>(std::nullopt)
                                          : transaction.deliveries.PublicationStatus(item.id, format);
        if (!known) {
            return Unexpected(known.error());
        }
        if (!bucket.publish && !*known) {
            continue;
        }
        if (auto requested = Request(transaction, bucket, item.id, format, now); !requested) {
            return requested;
        }
    }
    return {};
}

Result<void> RequestAllPublications(Transaction& transaction, const std::vector<Item>& items, Timestamp now) {
    const auto buckets = BucketsOf(transaction, items);
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    for (const auto& item : items) {
        if (!IsTerminal(item.status) || !buckets->at(item.bucket_id).publish) {
            continue;
        }
        if (auto requested = RequestPublications(transaction, item.id, now); !requested) {
            return Unexpected(requested.error());
        }
    }
    return {};
}

}  // namespace notify
