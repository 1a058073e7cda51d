// /v1/buckets.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/bucket_checks.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/rule_checks.hpp"
#include "http/views.hpp"
#include "http/views_rules.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/kind_source.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The value of a bounded number, or what it is without one.
std::chrono::milliseconds Seconds(const auto& seconds, std::chrono::milliseconds otherwise) {
    return seconds ? std::chrono::milliseconds(static_cast<std::int64_t>(seconds->value * 1000)) : otherwise;
}

double InSeconds(std::chrono::milliseconds duration) {
    return static_cast<double>(duration.count()) / 1000;
}

/// A bucket with the rules that hold for it.
struct Ruled {
    Bucket bucket;
    std::vector<view::RuleView> rules;
};

Result<Ruled> WithRules(const Snapshot& snapshot, const Bucket& bucket) {
    return snapshot.rules.OfBucket(bucket.id)
        .and_then([&](const std::vector<Rule>& rules) { return ShowRules(snapshot, rules); })
        .map([&](std::vector<view::RuleView> rules) {
            return Ruled{.bucket = bucket, .rules = std::move(rules)};
        });
}

view::BucketView Show(const Ruled& ruled) {
    const auto& bucket = ruled.bucket;
    return {
        .id = bucket.id.Value(),
        .name = bucket.name,
        .kind = bucket.kind,
        .location = bucket.location,
        .active = bucket.active,
        .scan_interval_seconds = InSeconds(bucket.scan_interval),
        .settle_seconds = InSeconds(bucket.settle_time),
        .include = bucket.include,
        .exclude = bucket.exclude,
        .publish = bucket.publish,
        .weight = bucket.weight,
        .rules = ruled.rules,
        .last_scan_at = TextOf(bucket.last_scan_at),
        .last_scan_note = bucket.last_scan_note,
        .created_at = ToRfc3339(bucket.created_at),
    };
}

Result<void> Audit(
    Transaction& transaction,
    const Request& request,
    std::string_view action,
    const Bucket& bucket,
    Timestamp now
) {
    return transaction.keys.AddAudit(
        {.at = now,
         .actor = request.caller.actor,
         .action = std::string(action),
         .subject = bucket.id.Value(),
         .detail = bucket.location}
    );
}

class BucketRoutes {
public:
    explicit BucketRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewBucket>(request, [&](const view::NewBucket& wanted) {
            return Answer(request, Make(request, wanted), Show, 201);
        });
    }

    [[nodiscard]] Response Change(const Request& request) const {
        return WithBody<view::BucketChange>(request, [&](const view::BucketChange& change) {
            return Answer(request, Update(request, change), Show);
        });
    }

    [[nodiscard]] Response List(const Request& request) const {
        const auto buckets = parts_.storage.Read([](const Snapshot& snapshot) -> Result<view::BucketList> {
            const auto rows = snapshot.buckets.List();
            if (!rows) {
                return Unexpected(rows.error());
            }
            view::BucketList list;
            for (const auto& bucket : *rows) {
                const auto ruled = WithRules(snapshot, bucket);
                if (!ruled) {
                    return Unexpected(ruled.error());
                }
                list.rows.push_back(Show(*ruled));
            }
            return list;
        });
        return Answer(request, buckets, [](const view::BucketList& list) { return list; });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const auto found = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.Find(request.parameters[0]).and_then([&](const Bucket& bucket) {
                return WithRules(snapshot, bucket);
            });
        });
        return Answer(request, found, Show);
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        const auto removed = parts_.storage.Write([&](Transaction& transaction) -> Result<void> {
            const auto bucket = transaction.buckets.Find(request.parameters[0]);
            if (!bucket) {
                return Unexpected(bucket.error());
            }
            return transaction.buckets.Remove(bucket->id).and_then([&] {
                return Audit(transaction, request, "bucket.remove", *bucket, parts_.clock.Now());
            });
        });
        parts_.scheduler.Refresh();
        return NoContent(request, removed);
    }

    [[nodiscard]] Response Scan(const Request& request) const {
        const auto bucket = Find(request);
        if (!bucket) {
            return Problem(bucket.error(), request.id);
        }
        const auto scanned = parts_.scheduler.ScanNow(bucket->id, request.stop);
        return Answer(request, scanned, [](const ScanSummary& scan) {
            return view::ScanView{
                .seen = static_cast<std::int64_t>(scan.seen),
                .added = scan.added,
                .settling = static_cast<std::int64_t>(scan.settling),
                .note = scan.note
            };
        });
    }

private:
    [[nodiscard]] Result<Bucket> Find(const Request& request) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.Find(request.parameters[0]);
        });
    }

    [[nodiscard]] Result<Ruled> Make(const Request& request, const view::NewBucket& wanted) const {
        Bucket bucket;
        bucket.id = BucketId(MakeId("bkt"));
        bucket.kind = wanted.kind.value_or("local");
        bucket.location = std::filesystem::path(wanted.location).lexically_normal().string();
        if (bucket.location.size() > 1 && bucket.location.ends_with('/')) {
            bucket.location.pop_back();
        }
        bucket.name =
            wanted.name ? wanted.name->text : std::filesystem::path(bucket.location).filename().string();
        bucket.active = wanted.active.value_or(true);
        bucket.scan_interval = Seconds(wanted.scan_interval_seconds, bucket.scan_interval);
        bucket.settle_time = Seconds(wanted.settle_seconds, bucket.settle_time);
        bucket.include = wanted.include;
        bucket.exclude = wanted.exclude;
        bucket.publish = wanted.publish.value_or(true);
        bucket.weight = wanted.weight ? wanted.weight->value : 1;
        bucket.created_at = parts_.clock.Now();
        auto rules = RulesFrom(wanted.rules);
        const auto source = parts_.sources.Find(bucket.kind);
        if (!rules || !source) {
            return Unexpected(rules ? source.error().Within("/kind") : rules.error());
        }
        if (auto checked = (*source)->CheckBucket(bucket); !checked) {
            return Unexpected(checked.error().Within("/location"));
        }
        if (auto checked = CheckSettings(bucket); !checked) {
            return Unexpected(checked.error());
        }
        const std::scoped_lock one_at_a_time(adding_);  // so that no other comes between check and write
        const auto others =
            parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
        const auto apart =
            others.and_then([&](const std::vector<Bucket>& rows) { return CheckApart(bucket, rows); });
        if (!apart) {
            return Unexpected(apart.error());
        }
        auto added = parts_.storage.Write([&](Transaction& transaction) -> Result<Ruled> {
            const auto its_source = SourceOfKind(transaction, bucket.kind, "{}", bucket.created_at);
            if (!its_source) {
                return Unexpected(its_source.error());
            }
            bucket.source_id = its_source->id;
            return transaction.buckets.Add(bucket)
                .and_then([&] { return AddRules(transaction, bucket, *rules); })
                .and_then([&] {
                    return Audit(transaction, request, "bucket.add", bucket, bucket.created_at);
                })
                .and_then([&] { return WithRules(transaction.View(), bucket); });
        });
        parts_.scheduler.Refresh();
        return added;
    }

    static Result<void> AddRules(
        Transaction& transaction, const Bucket& bucket, const std::vector<Rule>& rules
    ) {
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

    [[nodiscard]] Result<Ruled> Update(const Request& request, const view::BucketChange& change) const {
        auto updated = parts_.storage.Write([&](Transaction& transaction) -> Result<Ruled> {
            auto found = transaction.buckets.Find(request.parameters[0]);
            if (!found) {
                return Unexpected(found.error());
            }
            Bucket& bucket = *found;
            bucket.name = change.name ? change.name->text : bucket.name;
            bucket.active = change.active.value_or(bucket.active);
            bucket.scan_interval = Seconds(change.scan_interval_seconds, bucket.scan_interval);
            bucket.settle_time = Seconds(change.settle_seconds, bucket.settle_time);
            bucket.include = change.include.value_or(bucket.include);
            bucket.exclude = change.exclude.value_or(bucket.exclude);
            bucket.publish = change.publish.value_or(bucket.publish);
            bucket.weight = change.weight ? change.weight->value : bucket.weight;
            auto done = CheckSettings(bucket).and_then(
                                                 [&] { return transaction.buckets.Update(bucket); }
            ).and_then([&] {
                return Audit(transaction, request, "bucket.change", bucket, parts_.clock.Now());
            });
            return done ? WithRules(transaction.View(), bucket) : Unexpected(done.error());
        });
        parts_.scheduler.Refresh();
        parts_.nudge();
        return updated;
    }

    ApiParts parts_;
    mutable std::mutex adding_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddBucketRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<BucketRoutes>(parts);  // shared by the handlers below
    const std::string tag = "buckets";
    const auto bucket = &described::Schema<view::BucketView>;
    router.Add(
        {.method = "GET",
         .pattern = "/v1/buckets",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Buckets",
         .description = "Places that are watched. Earlier names: S3Bucket, OMS3Bucket, Collection.",
         .answer = &described::Schema<view::BucketList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Watch a place",
         .description =
             "Adds a bucket, and `rules` for it (see POST /v1/rules): without one everything in it is "
             "skipped as "
             "`no_rule` until there is. Folders of buckets may not overlap (409). It is scanned at once and "
             "then on its schedule (earlier name: add_scheduler).",
         .body = &described::Schema<view::NewBucket>,
         .answer = bucket,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Add(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/buckets/{bucket}",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "One bucket",
         .description = "By id or by name.",
         .answer = bucket,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "PATCH",
         .pattern = "/v1/buckets/{bucket}",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Change a bucket",
         .description = "What is not given stays. Which processors run in it: /v1/rules.",
         .body = &described::Schema<view::BucketChange>,
         .answer = bucket,
         .handle = [routes](Request& r) { return routes->Change(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/buckets/{bucket}",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Remove a bucket",
         .description = "Only while it has no items; otherwise pause it with PATCH (`active`: false).",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/{bucket}/scan",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Scan now",
         .description = "Out of turn: what the scheduler does by itself. Answers when the scan is done.",
         .answer = &described::Schema<view::ScanView>,
         .handle = [routes](Request& r) { return routes->Scan(r); }}
    );
}

}  // namespace notify
