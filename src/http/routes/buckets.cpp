// /v1/buckets and /v1/sources.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/bucket_rules.hpp"
#include "http/routes/routes.hpp"
#include "http/views.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
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

view::BucketView Show(const Bucket& bucket) {
    view::BucketView shown{
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
        .biometric_basis = bucket.biometric_basis,
        .weight = bucket.weight,
        .processors = {},
        .last_scan_at = TextOf(bucket.last_scan_at),
        .last_scan_note = bucket.last_scan_note,
        .created_at = ToRfc3339(bucket.created_at),
    };
    for (const auto& assignment : bucket.assignments) {
        shown.processors.push_back(
            {.processor = assignment.processor,
             .config = ParseJson(assignment.config).value_or(nullptr),
             .priority = assignment.priority}
        );
    }
    return shown;
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

/// The source of that kind: one for each local store is enough, made when it is first needed.
Result<SourceId> SourceFor(Transaction& transaction, const std::string& kind, Timestamp now) {
    const auto sources = transaction.buckets.Sources();
    if (!sources) {
        return Unexpected(sources.error());
    }
    for (const auto& source : *sources) {
        if (source.kind == kind) {
            return source.id;
        }
    }
    const Source made{
        .id = SourceId(MakeId("src")), .kind = kind, .name = kind, .config = "{}", .created_at = now
    };
    return transaction.buckets.AddSource(made).map([&] { return made.id; });
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
        const auto buckets =
            parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
        return Answer(request, buckets, [](const std::vector<Bucket>& rows) {
            view::BucketList list;
            for (const auto& bucket : rows) {
                list.rows.push_back(Show(bucket));
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const { return Answer(request, Find(request), Show); }

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

    [[nodiscard]] Response Sources(const Request& request) const {
        const auto sources =
            parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.Sources(); });
        return Answer(request, sources, [](const std::vector<Source>& rows) {
            view::SourceList list;
            for (const auto& source : rows) {
                list.rows.push_back(
                    {.id = source.id.Value(),
                     .kind = source.kind,
                     .name = source.name,
                     .created_at = ToRfc3339(source.created_at)}
                );
            }
            return list;
        });
    }

private:
    [[nodiscard]] Result<Bucket> Find(const Request& request) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.Find(request.parameters[0]);
        });
    }

    [[nodiscard]] Result<Bucket> Make(const Request& request, const view::NewBucket& wanted) const {
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
        bucket.biometric_basis = wanted.biometric_basis.value_or("");
        bucket.weight = wanted.weight ? wanted.weight->value : 1;
        bucket.created_at = parts_.clock.Now();
        auto assignments = Assignments(wanted.processors);
        const auto source = parts_.sources.Find(bucket.kind);
        if (!assignments || !source) {
            return Unexpected(assignments ? source.error().Within("/kind") : assignments.error());
        }
        bucket.assignments = std::move(*assignments);
        if (auto checked = (*source)->CheckBucket(bucket); !checked) {
            return Unexpected(checked.error().Within("/location"));
        }
        if (auto checked = CheckSettings(bucket); !checked) {
            return Unexpected(checked.error());
        }
        const auto others =
            parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
        const auto apart =
            others.and_then([&](const std::vector<Bucket>& rows) { return CheckApart(bucket, rows); });
        if (!apart) {
            return Unexpected(apart.error());
        }
        auto added = parts_.storage.Write([&](Transaction& transaction) -> Result<void> {
            auto source_id = SourceFor(transaction, bucket.kind, bucket.created_at);
            if (!source_id) {
                return Unexpected(source_id.error());
            }
            bucket.source_id = *source_id;
            return transaction.buckets.Add(bucket).and_then([&] {
                return Audit(transaction, request, "bucket.add", bucket, bucket.created_at);
            });
        });
        parts_.scheduler.Refresh();
        return added ? Result<Bucket>(bucket) : Unexpected(added.error());
    }

    [[nodiscard]] Result<Bucket> Update(const Request& request, const view::BucketChange& change) const {
        auto updated = parts_.storage.Write([&](Transaction& transaction) -> Result<Bucket> {
            auto found = transaction.buckets.Find(request.parameters[0]);
            if (!found) {
                return found;
            }
            Bucket& bucket = *found;
            bucket.name = change.name ? change.name->text : bucket.name;
            bucket.active = change.active.value_or(bucket.active);
            bucket.scan_interval = Seconds(change.scan_interval_seconds, bucket.scan_interval);
            bucket.settle_time = Seconds(change.settle_seconds, bucket.settle_time);
            bucket.include = change.include.value_or(bucket.include);
            bucket.exclude = change.exclude.value_or(bucket.exclude);
            bucket.publish = change.publish.value_or(bucket.publish);
            bucket.biometric_basis = change.biometric_basis.value_or(bucket.biometric_basis);
            bucket.weight = change.weight ? change.weight->value : bucket.weight;
            if (change.processors) {
                auto assignments = Assignments(*change.processors);
                if (!assignments) {
                    return Unexpected(assignments.error());
                }
                bucket.assignments = std::move(*assignments);
            }
            auto done = CheckSettings(bucket).and_then(
                                                 [&] { return transaction.buckets.Update(bucket); }
            ).and_then([&] {
                return Audit(transaction, request, "bucket.change", bucket, parts_.clock.Now());
            });
            return done ? found : Unexpected(done.error());
        });
        parts_.scheduler.Refresh();
        parts_.nudge();
        return updated;
    }

    ApiParts parts_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddBucketRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<BucketRoutes>(parts);  // shared by the handlers below
    const std::string tag = "buckets";
    const auto bucket = &described::Schema<view::BucketView>;
    router.Add(
        {.method = "GET",
         .pattern = "/v1/sources",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Sources",
         .description = "Connections to stores.",
         .answer = &described::Schema<view::SourceList>,
         .handle = [routes](Request& r) { return routes->Sources(r); }}
    );
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
             "Adds a bucket with its processors and their configuration; a processor that recognises people "
             "needs `biometric_basis`. Folders of buckets may not overlap (409). It is scanned at once and "
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
         .description =
             "What is not given stays. A changed list of processors holds for items discovered from now on.",
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
         .description = "Only while it has no items; otherwise deactivate it with PATCH.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/{bucket}/scan",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Scan now",
         .description = "Answers when the scan is done.",
         .answer = &described::Schema<view::ScanView>,
         .handle = [routes](Request& r) { return routes->Scan(r); }}
    );
}

}  // namespace notify
