#include "queue/messages/asset_news.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <stop_token>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/glob.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "queue/item_control.hpp"
#include "queue/sieve/filters.hpp"
#include "sources/messages/news.hpp"
#include "sources/objects/faults.hpp"
#include "sources/source.hpp"
#include "storage/item_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Those of Iconik, in the order in which they were added.
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

/// True when nothing is in a bucket as far as we may see: its collection is gone.
bool HoldsNothing(const Error& error) {
    return error.reason == objects::kNoBucket;
}

/// The bucket of each source in which the asset is an item that was not removed.
Result<std::vector<Bucket>> HomesOf(
    const Snapshot& snapshot, const std::string& asset_id, const std::vector<Bucket>& buckets
) {
    std::vector<Bucket> homes;
    for (const auto& bucket : buckets) {
        const auto item = snapshot.items.Newest(bucket.id, asset_id);
        if (!item) {
            return Unexpected(item.error());
        }
        if (*item && !(*item)->removed_at) {
            homes.push_back(bucket);
        }
    }
    return homes;
}

IconikOutcome NotHeld(const AssetNews& news, bool is_gone) {
    if (is_gone) {
        return {
            .word = "gone",
            .sentence =
                fmt::format("asset {} is not in Iconik; what there was of it is removed", news.asset_id)
        };
    }
    return {
        .word = "unknown_bucket",
        .sentence = fmt::format(
            "asset {} {}is in no active bucket here; add a bucket at a collection that it stands in, or one "
            "at '{}'",
            news.asset_id,
            news.change == AssetChange::kChosen ? "was chosen by a person, and " : "",
            kAllAssets
        )
    };
}

}  // namespace

bool IsHidden(const Error& fault) noexcept {
    return fault.reason == objects::kAccessDenied;
}

bool IsOfTheStore(const Error& fault) noexcept {
    return fault.code == ErrorCode::kUnavailable || fault.code == ErrorCode::kUnauthenticated ||
           fault.code == ErrorCode::kThrottled;
}

/// What a source holds that answers is done; the others' buckets are scanned.
std::optional<Error> AssetNewsIntake::Taken::Fault() const {
    for (const auto& [source, fault] : silent) {
        if (held.empty() || held.contains(source)) {
            return fault;
        }
    }
    return held.empty() ? hidden : std::nullopt;
}

IconikOutcome AssetNewsIntake::Take(
    const AssetNews& news,
    const std::vector<Bucket>& buckets,
    SilentSources& silent,
    const std::stop_token& stop
) {
    auto places = IconikBuckets(buckets);
    if (places.empty()) {
        return Unconfirmed(NoSource());
    }
    const auto rest = std::ranges::stable_partition(places, std::not_fn(HoldsTheRest));
    auto taken = Into({places.begin(), rest.begin()}, news, silent, stop);
    if (taken && taken->held.empty()) {
        taken = Into({rest.begin(), rest.end()}, news, silent, stop).map([&](Taken of_rest) {
            of_rest.silent.merge(taken->silent);
            of_rest.is_gone = of_rest.is_gone || taken->is_gone;
            of_rest.is_elsewhere = of_rest.is_elsewhere || taken->is_elsewhere;
            if (!of_rest.hidden) {
                of_rest.hidden = std::move(taken->hidden);
            }
            return of_rest;
        });
    }
    if (!taken) {
        return Unconfirmed(taken.error());
    }
    if (const auto done = AtHome(places, news, silent, *taken, stop); !done) {
        return Unconfirmed(done.error());
    }
    if (auto fault = taken->Fault()) {
        return Unconfirmed(*fault);
    }
    if (taken->held.empty()) {
        return NotHeld(news, taken->is_gone && !taken->is_elsewhere);
    }
    const auto again = news.change == AssetChange::kChosen ? RunAgain(news.asset_id, buckets) : 0;
    if (!again) {
        return Unconfirmed(again.error());
    }
    if (taken->added > 0) {
        return {.word = "new", .sentence = ""};
    }
    return *again > 0
               ? IconikOutcome{.word = "run_again", .sentence = "a person chose it; what had ended runs again"}
               : IconikOutcome{.word = "known", .sentence = "this version of it was noticed before"};
}

/// How many processes of what there is of the asset. What waits or runs is left alone.
Result<int> AssetNewsIntake::RunAgain(const std::string& asset_id, const std::vector<Bucket>& buckets) {
    const auto items = storage_.Read([&](const Snapshot& snapshot) {
        return HomesOf(snapshot, asset_id, IconikBuckets(buckets))
            .and_then([&](const std::vector<Bucket>& homes) -> Result<std::vector<ItemId>> {
                std::vector<ItemId> found;
                for (const auto& home : homes) {
                    const auto item = snapshot.items.Newest(home.id, asset_id);
                    if (!item) {
                        return Unexpected(item.error());
                    }
                    found.push_back((*item)->id);
                }
                return found;
            });
    });
    if (!items) {
        return Unexpected(items.error());
    }
    int runs = 0;
    for (const auto& item : *items) {
        const auto again = ItemControl(storage_, clock_, {}).Rerun(item, "iconik");
        if (!again && again.error().code != ErrorCode::kConflict) {  // a conflict: nothing of it has ended
            return again;
        }
        runs += again.value_or(0);
    }
    return runs;
}

/// Not when its source is silent; notes when it is.
Result<std::optional<FoundObject>> AssetNewsIntake::Look(
    const Bucket& bucket, const std::string& asset_id, SilentSources& silent, const std::stop_token& stop
) {
    if (const auto known = silent.find(bucket.source_id); known != silent.end()) {
        return Unexpected(known->second);
    }
    const auto source = find_source_(bucket.kind);
    auto found = source ? (*source)->Look(bucket, asset_id, stop)
                        : Result<std::optional<FoundObject>>(Unexpected(source.error()));
    const bool is_of_one = !found && (HoldsNothing(found.error()) || IsHidden(found.error()));
    if (!found && !is_of_one && IsOfTheStore(found.error())) {
        silent.emplace(bucket.source_id, found.error());
    }
    return found;
}

/// Why a source could not be asked of the asset.
void AssetNewsIntake::Note(const SourceId& source, const Error& fault, Taken& taken) {
    if (IsHidden(fault)) {
        taken.hidden = fault;
    } else if (!HoldsNothing(fault)) {
        taken.silent.emplace(source, fault);
    }
}

/// What there is of the asset where its bucket is switched off, is a saved search or does not hold it any
/// more.
Result<void> AssetNewsIntake::AtHome(
    const std::vector<Bucket>& buckets,
    const AssetNews& news,
    SilentSources& silent,
    Taken& taken,
    const std::stop_token& stop
) {
    const auto homes =
        storage_.Read([&](const Snapshot& snapshot) { return HomesOf(snapshot, news.asset_id, buckets); });
    if (!homes) {
        return Unexpected(homes.error());
    }
    for (const auto& home : *homes) {
        if (taken.held.contains(home.source_id)) {
            continue;
        }
        const auto found = Look(home, news.asset_id, silent, stop);
        if (!found) {
            Note(home.source_id, found.error(), taken);
            continue;
        }
        const bool is_gone = *found && (*found)->gone;
        const auto done = is_gone ? intake_.Take(home, {**found})
                          : news.change == AssetChange::kEntity
                              ? Result<int>(0)
                              : intake_.TakeRestored(home.id, news.asset_id);
        if (!done) {
            return Unexpected(done.error());
        }
        if (is_gone) {
            taken.is_gone = true;
            continue;
        }
        taken.held.insert(home.source_id);
        taken.added += *done;
    }
    return {};
}

/// All buckets are looked at, whatever one of them fails with; its error is of the storage.
Result<AssetNewsIntake::Taken> AssetNewsIntake::Into(
    const std::vector<Bucket>& buckets,
    const AssetNews& news,
    SilentSources& silent,
    const std::stop_token& stop
) {
    Taken all;
    for (const auto& bucket : buckets) {
        if (!bucket.active || IsSearch(bucket)) {
            continue;
        }
        const auto found = Look(bucket, news.asset_id, silent, stop);
        if (!found) {
            Note(bucket.source_id, found.error(), all);
        }
        if (!found || !*found) {
            all.is_elsewhere = true;
            continue;
        }
        if ((*found)->gone) {
            all.is_gone = true;
        } else {
            all.held.insert(bucket.source_id);
        }
        const auto added = TakeFound(bucket, news, **found);
        if (!added) {
            return Unexpected(added.error());
        }
        all.added += *added;
    }
    return all;
}

/// How many items are new, and how many processes no longer wait.
Result<int> AssetNewsIntake::TakeFound(
    const Bucket& bucket, const AssetNews& news, const FoundObject& object
) {
    const bool counts = PassesGlobs(bucket.include, bucket.exclude, object.key) &&
                        Passes(bucket.options.filters, object, clock_.Now()) != Passage::kLeftOut;
    if (!object.gone && !counts) {
        return 0;
    }
    auto added = intake_.Take(bucket, {object});
    if (!added || object.gone || news.change == AssetChange::kEntity) {
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
