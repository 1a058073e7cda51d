// /v1/buckets.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/reach.hpp"
#include "http/router.hpp"
#include "http/routes/bucket_checks.hpp"
#include "http/routes/bucket_options.hpp"
#include "http/routes/bucket_shown.hpp"
#include "http/routes/listing.hpp"
#include "http/routes/new_bucket.hpp"
#include "http/routes/publishing_checks.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/rule_checks.hpp"
#include "http/views_buckets.hpp"
#include "queue/bucket_scan.hpp"
#include "queue/calendar/calendar.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/kind_source.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

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
            return Answer(request, Make(request, wanted), Shown(), 201);
        });
    }

    [[nodiscard]] Response Change(const Request& request) const {
        return WithBody<view::BucketChange>(request, [&](const view::BucketChange& change) {
            return Answer(request, Update(request, change), Shown());
        });
    }

    [[nodiscard]] Response List(const Request& request) const {
        const auto buckets =
            parts_.storage.Read([&, show = Shown()](const Snapshot& snapshot) -> Result<view::BucketList> {
                auto rows = snapshot.buckets.List();
                if (!rows) {
                    return Unexpected(rows.error());
                }
                std::erase_if(*rows, [&](const Bucket& b) { return !Reaches(request.caller, b.id); });
                auto page = PageOfRows(*std::move(rows), request, OrdersByNameOrTime<Bucket>());
                if (!page) {
                    return Unexpected(page.error());
                }
                view::BucketList list{.rows = {}, .next = std::move(page->next)};
                for (const auto& bucket : page->rows) {
                    const auto ruled = WithRules(snapshot, bucket, parts_.clock.Now());
                    if (!ruled) {
                        return Unexpected(ruled.error());
                    }
                    list.rows.push_back(show(*ruled));
                }
                return list;
            });
        return Answer(request, buckets, [](const view::BucketList& list) { return list; });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const auto found = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.Find(request.parameters[0]).and_then([&](const Bucket& bucket) {
                return WithRules(snapshot, bucket, parts_.clock.Now());
            });
        });
        return Answer(request, found, Shown());
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        const auto removed = parts_.storage.Write([&](Transaction& transaction) -> Result<void> {
            const auto bucket = transaction.buckets.Find(request.parameters[0]);
            if (!bucket) {
                return Unexpected(bucket.error());
            }
            return CheckUnchangedBucket(transaction.View(), request, *bucket, parts_.clock.Now())
                .and_then([&] { return transaction.buckets.Remove(bucket->id); })
                .and_then([&] {
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
                .filtered = static_cast<std::int64_t>(scan.filtered),
                .note = scan.note
            };
        });
    }

    /// A check that fails is what was asked for, so it is no failure of the request.
    [[nodiscard]] Response Test(const Request& request) const {
        const auto bucket = Find(request);
        const auto source =
            bucket.and_then([&](const Bucket& found) { return parts_.sources.Find(found.kind); });
        if (!source) {
            return Problem(source.error(), request.id);
        }
        const auto configured = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.sources.Get(bucket->source_id);
        });
        if (!configured) {
            return Problem(configured.error(), request.id);
        }
        const auto checked = (*source)->CheckBucket(*bucket, request.stop);
        if (const auto released = checked ? Release(*bucket) : Result<void>{}; !released) {
            return Problem(released.error(), request.id);
        }
        return Answer(
            request, Result<view::BucketTest>(ShowTest(*configured, checked)), [](const auto& shown) {
                return shown;
            }
        );
    }

private:
    /// The bucket's items go on at once: somebody saw that its store is well.
    [[nodiscard]] Result<void> Release(const Bucket& bucket) const {
        const auto woken = parts_.storage.Write([&](Transaction& transaction) {
            const auto now = parts_.clock.Now();
            return transaction.buckets.Release(bucket.id, now).and_then([&](bool) {
                return transaction.buckets.Wake(bucket.id, now);
            });
        });
        parts_.nudge();
        return woken.map([](int) {});
    }

    /// Show, with how far its scan is when one goes on.
    [[nodiscard]] std::function<view::BucketView(const Ruled&)> Shown() const {
        return [this](const Ruled& ruled) {
            auto shown = Show(ruled);
            shown.next_scan_at = TextOf(ScanAfter(ruled.bucket, parts_.clock.Now()));
            if (const auto scan = parts_.scheduler.ProgressOf(ruled.bucket.id)) {
                shown.scan = ShowScan("running", *scan);
            }
            return shown;
        };
    }

    [[nodiscard]] Result<Bucket> Find(const Request& request) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.Find(request.parameters[0]);
        });
    }

    [[nodiscard]] Result<Ruled> Make(const Request& request, const view::NewBucket& wanted) const {
        const auto its_source = SourceOfNew(parts_, wanted);
        auto rules = RulesFrom(wanted.rules, parts_.box);
        if (!rules || !its_source) {
            return Unexpected(rules ? its_source.error() : rules.error());
        }
        Bucket bucket = BucketOfNew(wanted, *its_source, parts_.clock.Now());
        auto checked = CheckSettings(bucket)
                           .and_then([&] { return CheckBacklog(bucket, wanted.backlog.has_value()); })
                           .and_then([&] { return CheckStreams(parts_.sources, bucket); })
                           .and_then([&] { return CheckPlace(parts_, bucket, request.stop); })
                           .and_then([&] { return CheckResultsPlace(parts_.sources, bucket, request.stop); });
        if (!checked) {
            return Unexpected(checked.error());
        }
        const std::scoped_lock one_at_a_time(adding_);  // so that no other comes between check and write
        const auto others =
            parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
        const auto apart = others.and_then([&](const std::vector<Bucket>& rows) {
            return CheckApart(bucket, rows).and_then([&] { return CheckResultsApart(bucket, rows); });
        });
        if (!apart) {
            return Unexpected(apart.error());
        }
        auto added = parts_.storage.Write([&](Transaction& transaction) -> Result<Ruled> {
            if (bucket.kind == "local") {
                const auto folders = SourceOfKind(transaction, bucket.kind, "{}", bucket.created_at);
                if (!folders) {
                    return Unexpected(folders.error());
                }
                bucket.source_id = folders->id;
            }
            return transaction.buckets.Add(bucket)
                .and_then([&] { return AddRules(transaction, bucket, *rules); })
                .and_then([&] {
                    return Audit(transaction, request, "bucket.add", bucket, bucket.created_at);
                })
                .and_then([&] { return WithRules(transaction.View(), bucket, parts_.clock.Now()); });
        });
        parts_.scheduler.Refresh();
        return added;
    }

    /// A place for results that is named anew can be reached.
    [[nodiscard]] Result<void> CheckNewResultsPlace(
        const Request& request, const view::BucketChange& change
    ) const {
        if (!change.publishing) {
            return {};
        }
        return Find(request).and_then([&](Bucket bucket) {
            TakeChange(bucket, change);
            return CheckSettings(bucket).and_then([&] {
                return CheckResultsPlace(parts_.sources, bucket, request.stop);
            });
        });
    }

    [[nodiscard]] Result<Ruled> Update(const Request& request, const view::BucketChange& change) const {
        if (auto checked = CheckNewResultsPlace(request, change); !checked) {
            return Unexpected(checked.error());
        }
        auto updated = parts_.storage.Write([&](Transaction& transaction) -> Result<Ruled> {
            auto found = transaction.buckets.Find(request.parameters[0]);
            if (!found) {
                return Unexpected(found.error());
            }
            Bucket& bucket = *found;
            if (auto same = CheckUnchangedBucket(transaction.View(), request, bucket, parts_.clock.Now());
                !same) {
                return Unexpected(same.error());
            }
            TakeChange(bucket, change);
            auto done = CheckSettings(bucket).and_then(
                                                 [&] { return CheckBacklog(bucket, true); }
            ).and_then([&] {
                 return CheckStreams(parts_.sources, bucket);
             }).and_then([&] {
                   return transaction.buckets.List();
               }).and_then([&](const std::vector<Bucket>& all) {
                     return CheckResultsApart(bucket, all);
                 }).and_then([&] {
                       return transaction.buckets.Update(bucket);
                   }).and_then([&] {
                return Audit(transaction, request, "bucket.change", bucket, parts_.clock.Now());
            });
            return done ? WithRules(transaction.View(), bucket, parts_.clock.Now())
                        : Unexpected(done.error());
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
         .reach = Reach::kOpen,
         .tag = tag,
         .summary = "Buckets",
         .description = "Places that are watched. Earlier names: S3Bucket, OMS3Bucket, Collection.",
         .query = SortedPageParameters(OrdersByNameOrTime<Bucket>()),
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
             "`no_rule` until there is. Folders of buckets may not overlap (409). For a bucket of an object "
             "store `backlog` must say what becomes of what is in it already: process it, ignore it (Skipped "
             "as `before_baseline`), or so many items or hours of media a day, what was written last first "
             "(see POST /v1/buckets/preview). It is scanned at once and "
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
         .reach = Reach::kBucket,
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
         .edits = described::MemberNames<view::BucketChange>(),
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
         .pattern = "/v1/buckets/{bucket}/test",
         .scope = Scope::kWrite,
         .reach = Reach::kBucket,
         .tag = tag,
         .summary = "Test the way to a bucket",
         .description =
             "Looks into it as a scan does, and says which hop failed: setup, proxy, dns, connect, tls, "
             "credentials or bucket; folder for a folder. "
             "A bucket that was held back because of its store goes on when it passes.",
         .answer = &described::Schema<view::BucketTest>,
         .handle = [routes](Request& r) { return routes->Test(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/{bucket}/scan",
         .scope = Scope::kWrite,
         .reach = Reach::kBucket,
         .tag = tag,
         .summary = "Scan now",
         .description = "Out of turn: what the scheduler does by itself. Answers when the scan is done.",
         .answer = &described::Schema<view::ScanView>,
         .handle = [routes](Request& r) { return routes->Scan(r); }}
    );
}

}  // namespace notify
