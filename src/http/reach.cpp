#include "http/reach.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/person.hpp"
#include "domain/process.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The buckets in which something is.
using Places = std::vector<BucketId>;

Result<Places> PlaceOfItem(const Snapshot& snapshot, const ItemId& id) {
    return snapshot.items.Get(id).map([](const Item& item) { return Places{item.bucket_id}; });
}

Result<Places> PlacesOf(const Snapshot& snapshot, Reach reach, const std::string& name) {
    switch (reach) {
        case Reach::kBucket:
            return snapshot.buckets.Find(name).map([](const Bucket& bucket) { return Places{bucket.id}; });
        case Reach::kItem:
            return PlaceOfItem(snapshot, ItemId(name));
        case Reach::kProcess:
            return snapshot.processes.Get(ProcessId(name)).map([](const Process& process) {
                return Places{process.bucket_id};
            });
        case Reach::kResult:
            return snapshot.results.BucketsWith(ResultId(name));
        case Reach::kAppearance:
            return snapshot.people.GetAppearance(AppearanceId(name))
                .and_then([&](const Appearance& appearance) {
                    return PlaceOfItem(snapshot, appearance.item_id);
                });
        case Reach::kEvent:
            return snapshot.events.Get(EventId(name)).map([](const Event& event) {
                return Places{BucketId(FactsOf(event).bucket)};
            });
        case Reach::kClosed:
        case Reach::kOpen:
            break;
    }
    return Places();
}

}  // namespace

Result<std::optional<std::set<BucketId>>> BucketsOf(const Snapshot& snapshot, const ApiKey& key) {
    if (key.sources.empty() && key.buckets.empty()) {
        return std::optional<std::set<BucketId>>();
    }
    std::set<BucketId> ids(key.buckets.begin(), key.buckets.end());
    if (key.sources.empty()) {
        return std::optional(std::move(ids));
    }
    return snapshot.buckets.List().map([&](const std::vector<Bucket>& buckets) {
        for (const auto& bucket : buckets) {
            if (std::ranges::find(key.sources, bucket.source_id) != key.sources.end()) {
                ids.insert(bucket.id);
            }
        }
        return std::optional(std::move(ids));
    });
}

bool Reaches(const Caller& caller, const BucketId& bucket) {
    return !caller.buckets || caller.buckets->contains(bucket);
}

Unexpected NoSuch(std::string_view what, std::string_view name) {
    return Fail(
        ErrorCode::kNotFound, fmt::format("there is no {} '{}' that this key may know of", what, name)
    );
}

Result<void> CheckReach(Storage& storage, Reach reach, const Request& request) {
    if (reach == Reach::kOpen) {
        return {};
    }
    if (reach == Reach::kClosed) {
        return Fail(
            ErrorCode::kForbidden, "this key is limited to some buckets, and what is here is not of one alone"
        );
    }
    const auto& name = request.parameters.at(0);
    const auto places =
        storage.Read([&](const Snapshot& snapshot) { return PlacesOf(snapshot, reach, name); });
    if (!places && places.error().code != ErrorCode::kNotFound) {
        return Unexpected(places.error());
    }
    const bool reaches = places && std::ranges::any_of(*places, [&](const BucketId& place) {
                             return Reaches(request.caller, place);
                         });
    return reaches
               ? Result<void>{}
               : Fail(ErrorCode::kNotFound, fmt::format("there is no {} that this key may know of", name));
}

Result<BucketId> BucketAsked(const Snapshot& snapshot, const Request& request) {
    const auto asked = request.Query("bucket");
    const auto& known = request.caller.buckets;
    if (asked.empty()) {
        if (!known) {
            return BucketId();
        }
        return known->size() == 1
                   ? Result<BucketId>(*known->begin())
                   : Fail(
                         ErrorCode::kInvalidArgument,
                         fmt::format("this key is limited to {} buckets; say which: ?bucket=", known->size())
                     );
    }
    const auto bucket = snapshot.buckets.Find(asked);
    if (known && (!bucket || !known->contains(bucket->id))) {
        return NoSuch("bucket", asked);
    }
    return bucket.map([](const Bucket& found) { return found.id; });
}

}  // namespace notify
