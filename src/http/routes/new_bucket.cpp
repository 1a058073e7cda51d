#include "http/routes/new_bucket.hpp"

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/routes/bucket_options.hpp"
#include "http/views_buckets.hpp"
#include "sources/registry.hpp"
#include "storage/kind_source.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

// its news comes by webhooks; what was missed is found within an hour
constexpr std::chrono::hours kAllAssetsInterval{1};

}  // namespace

std::string NameFrom(const Bucket& bucket) {
    std::string_view place = bucket.location;
    while (place.ends_with('/') && place.size() > 1) {
        place.remove_suffix(1);
    }
    return std::string(place.substr(place.rfind('/') + 1));
}

Result<Source> SourceOfNew(const ApiParts& parts, const view::NewBucket& wanted) {
    if (wanted.source) {
        auto source = parts.storage.Read([&](const Snapshot& snapshot) {
            return FindSource(snapshot, *wanted.source);
        });
        if (source && wanted.kind && *wanted.kind != source->kind) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("/kind: source '{}' is of kind {}", source->name, source->kind)
            );
        }
        return source.map_error([](const Error& error) { return error.Within("/source"); });
    }
    const auto kind = wanted.kind.value_or("local");
    if (auto known = parts.sources.Find(kind); !known) {
        return Unexpected(known.error().Within("/kind"));
    }
    if (kind == "local") {
        return Source{.id = {}, .kind = kind, .name = kind, .config = "{}", .created_at = parts.clock.Now()};
    }
    return parts.storage.Read([&](const Snapshot& snapshot) { return OnlySourceOfKind(snapshot, kind); });
}

Bucket BucketOfNew(const view::NewBucket& wanted, const Source& source, Timestamp now) {
    Bucket bucket;
    bucket.id = BucketId(MakeId("bkt"));
    bucket.source_id = source.id;
    bucket.kind = source.kind;
    bucket.location = source.kind == "local" ? NormalFolder(wanted.location) : wanted.location;
    bucket.name = NameFrom(bucket);
    bucket.created_at = now;
    if (source.kind == kIconikKind && bucket.location == kAllAssets) {
        bucket.scan_interval = kAllAssetsInterval;
    }
    TakeChange(bucket, wanted);
    return bucket;
}

Result<void> CheckPlace(const ApiParts& parts, const Bucket& bucket, const std::stop_token& stop) {
    const auto source = parts.sources.Find(bucket.kind);
    if (!source) {
        return Unexpected(source.error().Within("/kind"));
    }
    if (bucket.kind != "local" && !bucket.active) {
        return {};
    }
    return (*source)->CheckBucket(bucket, stop).map_error([](const Error& error) {
        auto refused = error.Within("/location");
        refused.code = ErrorCode::kInvalidArgument;  // not the caller's credentials: the store's
        return refused;
    });
}

Result<void> AddRules(Transaction& transaction, const Bucket& bucket, const std::vector<Rule>& rules) {
    for (auto rule : rules) {
        rule.id = RuleId(MakeId("rul"));
        rule.bucket_id = bucket.id;
        rule.created_at = bucket.created_at;
        rule.changed_at = bucket.created_at;
        if (auto added = transaction.rules.Add(rule); !added) {
            return added;
        }
    }
    return {};
}

Result<void> CheckBacklog(const Bucket& bucket, bool given) {
    const auto& backlog = bucket.options.backlog;
    if (bucket.kind != "local" && !given) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/backlog: say what becomes of what is in it already: process, ignore, or budget with "
            "items_per_day or decode_hours_per_day; how much it is tells POST /v1/buckets/preview "
            "(notifications-api buckets preview)"
        );
    }
    const bool limited = backlog.items_per_day > 0 || backlog.decode_hours_per_day > 0;
    return backlog.policy == BacklogPolicy::kBudget && !limited
               ? Fail(
                     ErrorCode::kInvalidArgument,
                     "/backlog/items_per_day: a budget needs items_per_day or decode_hours_per_day"
                 )
               : Result<void>{};
}

}  // namespace notify
