#include "queue/messages/asset_news.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <stop_token>
#include <string>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "queue/sieve/filters.hpp"
#include "sources/messages/news.hpp"
#include "sources/objects/faults.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

/// Those of Iconik that are active, in the order in which they were added.
std::vector<Bucket> IconikBuckets(const std::vector<Bucket>& buckets) {
    std::vector<Bucket> found;
    std::ranges::copy_if(buckets, std::back_inserter(found), [](const Bucket& bucket) {
        return bucket.kind == kIconikKind;
    });
    std::ranges::sort(found, {}, [](const Bucket& bucket) {
        return std::tuple(bucket.created_at, bucket.id.Value());
    });
    return found;
}

Error NoSource() {
    return {
        .code = ErrorCode::kUnavailable,
        .stage = "look",
        .reason = "no_iconik_bucket",
        .message =
            "no bucket of an Iconik source is here; add the source and its bucket (docs/messages.md), and "
            "the news that waits is looked at"
    };
}

IconikOutcome Unconfirmed(const Error& fault) {
    return {.word = "unconfirmed", .sentence = fault.message, .fault = fault};
}

bool HoldsTheRest(const Bucket& bucket) {
    return bucket.location == kAllAssets;
}

/// What a search finds only the search tells.
bool IsSearch(const Bucket& bucket) {
    return bucket.location.starts_with("searches/");
}

/// True when an asset is not in a bucket as far as we may see: the collection is gone, or the asset hidden.
bool HoldsNothing(const Error& error) {
    return error.reason == objects::kNoBucket || error.reason == objects::kAccessDenied;
}

/// False for what this service's own writes to an asset are told as, too.
bool Wakes(const AssetNews& news) {
    return news.change != AssetChange::kEntity && news.change != AssetChange::kContents;
}

}  // namespace

IconikOutcome AssetNewsIntake::Take(
    const AssetNews& news, const std::vector<Bucket>& buckets, const std::stop_token& stop
) {
    auto places = IconikBuckets(buckets);
    if (places.empty()) {
        return Unconfirmed(NoSource());
    }
    const auto rest = std::ranges::stable_partition(places, std::not_fn(HoldsTheRest));
    auto taken = Into({places.begin(), rest.begin()}, news, stop);
    if (taken && !taken->is_held) {
        taken = Into({rest.begin(), rest.end()}, news, stop);
    }
    if (!taken) {
        return Unconfirmed(taken.error());
    }
    if (!taken->is_held) {
        return {
            .word = "unknown_bucket",
            .sentence = fmt::format("asset {} is in no active bucket here, or gone", news.asset_id)
        };
    }
    return taken->added > 0
               ? IconikOutcome{.word = "new", .sentence = ""}
               : IconikOutcome{.word = "known", .sentence = "this version of it was noticed before"};
}

Result<AssetNewsIntake::Taken> AssetNewsIntake::Into(
    const std::vector<Bucket>& buckets, const AssetNews& news, const std::stop_token& stop
) {
    Taken all;
    std::optional<Error> silent;
    for (const auto& bucket : buckets) {
        if (!bucket.active || IsSearch(bucket)) {
            continue;
        }
        const auto found = find_source_(bucket.kind).and_then([&](SourceConnection* source) {
            return source->Look(bucket, news.asset_id, stop);
        });
        if (!found && !HoldsNothing(found.error())) {
            silent = silent ? silent : found.error();  // what another source holds does not wait for this one
        }
        if (!found || !*found) {
            continue;
        }
        all.is_held = true;
        const auto added = TakeFound(bucket, news, **found);
        if (!added) {
            return Unexpected(added.error());
        }
        all.added += *added;
    }
    return silent ? Result<Taken>(Unexpected(*silent)) : Result<Taken>(all);
}

/// How many items are new, and how many processes no longer wait.
Result<int> AssetNewsIntake::TakeFound(
    const Bucket& bucket, const AssetNews& news, const FoundObject& object
) {
    if (Passes(bucket.options.filters, object, clock_.Now()) == Passage::kLeftOut) {
        return 0;
    }
    auto added = intake_.Take(bucket, {object});
    if (!added || !Wakes(news)) {
        return added;
    }
    return intake_.TakeRestored(bucket.id, news.asset_id).map([&](int woken) { return *added + woken; });
}

IconikOutcome AssetNewsIntake::Take(const CollectionNews& news, const std::vector<Bucket>& buckets) {
    return LookAt("collections/" + news.collection_id, buckets);
}

IconikOutcome AssetNewsIntake::Take(const SearchNews& news, const std::vector<Bucket>& buckets) {
    return LookAt("searches/" + news.search_id, buckets);
}

IconikOutcome AssetNewsIntake::LookAt(const std::string& location, const std::vector<Bucket>& buckets) {
    const auto places = IconikBuckets(buckets);
    if (places.empty()) {
        return Unconfirmed(NoSource());
    }
    bool is_known = false;
    for (const auto& bucket : places) {
        if (bucket.location == location) {
            is_known = true;
            look_at_(bucket.id);
        }
    }
    return is_known ? IconikOutcome{.word = "looked_at", .sentence = "its bucket is scanned"}
                    : IconikOutcome{
                          .word = "unknown_bucket",
                          .sentence = fmt::format("no bucket here is at '{}'; add it", location)
                      };
}

}  // namespace notify
