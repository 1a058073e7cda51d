#include "queue/messages/object_news.hpp"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/glob.hpp"
#include "domain/bucket.hpp"
#include "queue/sieve/clip_folder.hpp"
#include "queue/sieve/filters.hpp"
#include "queue/sieve/numbered.hpp"
#include "sources/messages/news.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

/// The store's bucket and the prefix of a location.
std::pair<std::string_view, std::string_view> Parted(std::string_view location) {
    const auto slash = location.find('/');
    return slash == std::string_view::npos ? std::pair(location, std::string_view())
                                           : std::pair(location.substr(0, slash), location.substr(slash + 1));
}

/// True when the bucket is one of an object store, at the place of the object.
bool Watches(const Bucket& bucket, const StoreNews& news) {
    const auto [name, prefix] = Parted(bucket.location);
    return bucket.kind != "local" && bucket.kind != kIconikKind && name == news.bucket &&
           std::ranges::any_of(news.keys, [&, prefix = prefix](const std::string& each) {
               return each.starts_with(prefix);
           });
}

ObjectOutcome Unconfirmed(const Error& fault) {
    return {.word = "unconfirmed", .sentence = fault.message, .fault = fault};
}

ObjectOutcome NotAnObject(const StoreNews& news) {
    return {
        .bucket = news.bucket,
        .word = "not_an_object",
        .sentence = fmt::format("'{}' tells of no new object; scans find what is gone", news.event)
    };
}

ObjectOutcome UnknownBucket(const StoreNews& news) {
    return {
        .bucket = news.bucket,
        .word = "unknown_bucket",
        .sentence = fmt::format(
            "no bucket here is at '{}' and a prefix of this key; add it: notifications-api buckets add {} "
            "--source SOURCE",
            news.bucket,
            news.bucket
        )
    };
}

ObjectOutcome LookedAtNow() {
    return {.word = "restored", .sentence = "its item waited for that and is looked at now"};
}

}  // namespace

std::vector<ObjectOutcome> ObjectNews::Take(
    const StoreNews& news, const std::vector<Bucket>& buckets, const std::stop_token& stop
) {
    if (!news.created) {
        return {NotAnObject(news)};
    }
    std::vector<ObjectOutcome> outcomes;
    for (const auto& bucket : buckets) {
        if (Watches(bucket, news)) {
            outcomes.push_back(In(bucket, news, stop));
            outcomes.back().bucket_id = bucket.id;
            outcomes.back().bucket = bucket.name;
        }
    }
    if (outcomes.empty()) {
        outcomes.push_back(UnknownBucket(news));
    }
    return outcomes;
}

ObjectOutcome ObjectNews::In(const Bucket& bucket, const StoreNews& news, const std::stop_token& stop) {
    if (!bucket.active) {
        return {
            .word = "inactive",
            .sentence = fmt::format("bucket '{}' is switched off; a scan finds it later", bucket.name)
        };
    }
    const auto source = find_source_(bucket.kind);
    if (!source) {
        return Unconfirmed(source.error());
    }
    bool excluded = false;
    for (const auto& key : news.keys) {
        if (!key.starts_with(Parted(bucket.location).second)) {
            continue;
        }
        if (!PassesGlobs(bucket.include, bucket.exclude, key)) {
            excluded = true;
            continue;
        }
        const auto found = (*source)->Look(bucket, key, stop);
        if (!found) {
            return news.restored ? RestoredUnseen(bucket, key, found.error()) : Unconfirmed(found.error());
        }
        if (*found) {
            return news.restored ? Restored(bucket, **found) : Taken(bucket, **found);
        }
    }
    return excluded ? ObjectOutcome{.word = "left_out", .sentence = "the globs of the bucket leave it out"}
                    : ObjectOutcome{.word = "gone", .sentence = "the store has no such object now"};
}

/// What waits for it is opened, and that asks the store again.
ObjectOutcome ObjectNews::RestoredUnseen(const Bucket& bucket, const std::string& key, const Error& fault) {
    const auto waiting = intake_.TakeRestored(bucket.id, key);
    return waiting && *waiting > 0 ? LookedAtNow() : Unconfirmed(fault);
}

/// Why the object is no item by itself; nothing when it is one.
std::optional<ObjectOutcome> ObjectNews::LeftOut(const Bucket& bucket, const FoundObject& object) const {
    const auto passage = Passes(bucket.options.filters, object, clock_.Now());
    if (passage == Passage::kLeftOut) {
        return ObjectOutcome{.word = "left_out", .sentence = "the filters of the bucket leave it out"};
    }
    if (passage == Passage::kNotYet) {
        return ObjectOutcome{.word = "left_out", .sentence = "it is too young yet; a scan takes it later"};
    }
    const auto name = ParseNumbered(object.key);
    const bool is_part = ClipFolderOf(object.key) || (name && name->format == FrameFormat::kFilm);
    return bucket.options.sequences && is_part
               ? std::optional(
                     ObjectOutcome{
                         .word = "left_out", .sentence = "it may be part of a sequence or card; a scan tells"
                     }
                 )
               : std::nullopt;
}

/// What waits for the object is looked at at once; else it is as new or as known as any other.
ObjectOutcome ObjectNews::Restored(const Bucket& bucket, const FoundObject& object) {
    const auto waiting = intake_.TakeRestored(bucket.id, object.key);
    if (!waiting) {
        return Unconfirmed(waiting.error());
    }
    return *waiting > 0 ? LookedAtNow() : Taken(bucket, object);
}

ObjectOutcome ObjectNews::Taken(const Bucket& bucket, const FoundObject& object) {
    if (auto left_out = LeftOut(bucket, object)) {
        return *std::move(left_out);
    }
    const auto taken = intake_.Take(bucket, {object});
    if (!taken) {
        return Unconfirmed(taken.error());
    }
    return *taken > 0 ? ObjectOutcome{.word = "new", .sentence = ""}
                      : ObjectOutcome{.word = "known", .sentence = "this version of it was noticed before"};
}

}  // namespace notify
