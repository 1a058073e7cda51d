// /v1/rules.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/entity_tag.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/listing.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/rule_checks.hpp"
#include "http/views.hpp"
#include "http/views_rules.hpp"
#include "queue/existing_items.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/kind_source.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Puts the rule where it is asked to be: in one bucket or one source.
Result<void> Place(const Snapshot& snapshot, const view::NewRule& wanted, Rule& rule) {
    if (wanted.bucket.has_value() == wanted.source.has_value()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/bucket: name either the bucket or the source that the rule is for, by id or by name"
        );
    }
    if (wanted.bucket) {
        return snapshot.buckets.Find(*wanted.bucket).map([&](const Bucket& bucket) {
            rule.bucket_id = bucket.id;
        });
    }
    return FindSource(snapshot, *wanted.source).map([&](const Source& source) {
        rule.source_id = source.id;
    });
}

Result<void> Audit(
    Transaction& transaction, const Request& request, std::string_view action, const Rule& rule, Timestamp now
) {
    return transaction.keys.AddAudit(
        {.at = now,
         .actor = request.caller.actor,
         .action = std::string(action),
         .subject = rule.id.Value(),
         .detail = fmt::format("{} in {}{}", rule.processor, rule.bucket_id.Value(), rule.source_id.Value())}
    );
}

/// Among the same the first made first: in this order they choose.
Rank RankByPriority(const Rule& rule) {
    constexpr int kNoLess = 1'000'000;  // so that the text is as long for all
    return {
        .text = fmt::format("{:08}", rule.priority + kNoLess),
        .tie = ToRfc3339(rule.created_at) + rule.id.Value()
    };
}

std::vector<Order<Rule>> Orders() {
    return {
        {.word = "-priority", .rank_of = RankByPriority},
        {.word = "priority", .rank_of = RankByPriority},
        {.word = "created_at", .rank_of = RankByTime<Rule>},
        {.word = "-created_at", .rank_of = RankByTime<Rule>}
    };
}

/// kConflict (412) when the request's If-Match is of another one than it is now.
Result<void> CheckUnchangedRule(const Snapshot& snapshot, const Request& request, const Rule& rule) {
    if (!IsConditional(request)) {
        return {};
    }
    return ShowRule(snapshot, rule).and_then([&](const view::RuleView& shown) {
        return CheckUnchanged<view::RuleChange>(request, shown);
    });
}

class RuleRoutes {
public:
    explicit RuleRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto rules = parts_.storage.Read([&](const Snapshot& snapshot) {
            return Listed(snapshot, request)
                .and_then([&](std::vector<Rule> rows) {
                    return PageOfRows(std::move(rows), request, Orders());
                })
                .and_then([&](const Page<Rule>& page) {
                    return ShowRules(snapshot, page.rows).map([&](std::vector<view::RuleView> rows) {
                        return view::RuleList{.rows = std::move(rows), .next = page.next};
                    });
                });
        });
        return Answer(request, rules, [](const view::RuleList& list) { return list; });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const auto rule = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.rules.Get(RuleId(request.parameters[0])).and_then([&](const Rule& found) {
                return ShowRule(snapshot, found);
            });
        });
        return Answer(request, rule, AsItIs);
    }

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewRule>(request, [&](const view::NewRule& wanted) {
            return Answer(request, Make(request, wanted), AsItIs, 201);
        });
    }

    [[nodiscard]] Response Change(const Request& request) const {
        return WithBody<view::RuleChange>(request, [&](const view::RuleChange& change) {
            return Answer(request, Update(request, change), AsItIs);
        });
    }

    /// For what is there already.
    [[nodiscard]] Response Apply(const Request& request) const {
        const RuleId id(request.parameters[0]);
        const auto count =
            ApplyToExisting(parts_.storage, parts_.clock, id, request.caller.actor, request.stop);
        parts_.nudge();
        return Answer(
            request, count, [](int processes) { return view::CountView{.processes = processes}; }, 202
        );
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        return NoContent(request, parts_.storage.Write([&](Transaction& transaction) -> Result<void> {
            const auto rule = transaction.rules.Get(RuleId(request.parameters[0]));
            if (!rule) {
                return Unexpected(rule.error());
            }
            return CheckUnchangedRule(transaction.View(), request, *rule)
                .and_then([&] { return transaction.rules.Remove(rule->id); })
                .and_then([&] {
                    return Audit(transaction, request, "rule.remove", *rule, parts_.clock.Now());
                });
        }));
    }

private:
    static view::RuleView AsItIs(const view::RuleView& rule) { return rule; }

    /// All, or those of the bucket or source that is asked for.
    static Result<std::vector<Rule>> Listed(const Snapshot& snapshot, const Request& request) {
        const auto bucket = request.Query("bucket");
        const auto source = request.Query("source");
        if (!bucket.empty() && !source.empty()) {
            return Fail(ErrorCode::kInvalidArgument, "name either the bucket or the source, not both");
        }
        if (!bucket.empty()) {
            return snapshot.buckets.Find(bucket).and_then([&](const Bucket& found) {
                return snapshot.rules.OfBucket(found.id);
            });
        }
        auto rules = snapshot.rules.List();
        if (source.empty() || !rules) {
            return rules;
        }
        return FindSource(snapshot, source).map([&](const Source& found) {
            std::erase_if(*rules, [&](const Rule& rule) { return rule.source_id != found.id; });
            return *std::move(rules);
        });
    }

    [[nodiscard]] Result<view::RuleView> Make(const Request& request, const view::NewRule& wanted) const {
        auto rule = RuleFrom(wanted, parts_.box);
        if (!rule) {
            return Unexpected(rule.error());
        }
        rule->id = RuleId(MakeId("rul"));
        const auto added = parts_.storage.Write([&](Transaction& transaction) {
            // inside: whatever was skipped for want of it has an earlier time, or the same
            rule->created_at = parts_.clock.Now();
            rule->changed_at = rule->created_at;
            return Place(transaction.View(), wanted, *rule)
                .and_then([&] { return CheckUnlikeOthers(transaction.View(), *rule); })
                .and_then([&] { return transaction.rules.Add(*rule); })
                .and_then([&] { return Audit(transaction, request, "rule.add", *rule, rule->created_at); })
                .and_then([&] { return ShowRule(transaction.View(), *rule); });
        });
        if (added) {
            LookAtItsBuckets(*rule);
        }
        return added;
    }

    [[nodiscard]] Result<view::RuleView> Update(
        const Request& request, const view::RuleChange& change
    ) const {
        Rule rule;
        const auto changed = parts_.storage.Write([&](Transaction& transaction) -> Result<view::RuleView> {
            auto found = transaction.rules.Get(RuleId(request.parameters[0]));
            if (!found) {
                return Unexpected(found.error());
            }
            rule = *std::move(found);
            return CheckUnchangedRule(transaction.View(), request, rule)
                .and_then([&] {
                    rule.changed_at = parts_.clock.Now();
                    return notify::Apply(change, rule, parts_.box);
                })
                .and_then([&] { return CheckUnlikeOthers(transaction.View(), rule); })
                .and_then([&] { return transaction.rules.Update(rule); })
                .and_then([&] { return Audit(transaction, request, "rule.change", rule, rule.changed_at); })
                .and_then([&] { return ShowRule(transaction.View(), rule); });
        });
        if (changed) {
            LookAtItsBuckets(rule);
        }
        return changed;
    }

    /// So that what was skipped for want of this rule is taken up soon. The rule stands either way.
    void LookAtItsBuckets(const Rule& rule) const {
        const auto reach =
            parts_.storage.Read([&](const Snapshot& snapshot) { return BucketsOf(snapshot, rule); });
        for (const auto& id : reach.value_or(std::vector<BucketId>())) {
            parts_.scheduler.LookAt(id);
        }
    }

    ApiParts parts_;
};

constexpr auto kWhatARuleIs =
    "Which processor runs where, with which configuration (earlier: the API rule, and choosing from the "
    "available processors). `bucket` or `source` (all its buckets), by id or name. `processor` is one of "
    "/v1/processors (`FacialRecognition` is taken for `facial-recognition`) and `config` is checked against "
    "its schema. `path_glob` is over the key (`*.mp4`, `films/**`), `media_types` like `video/mp4` or "
    "`video/*` are judged by content. A processor that recognises people needs `biometric_basis`. The rule "
    "holds for what is discovered from now on, and for items that were skipped as `no_rule`; for others that "
    "are there already: POST /v1/rules/{rule}/apply.";

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddRuleRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<RuleRoutes>(parts);  // shared by the handlers below
    const std::string tag = "rules";
    const auto rule = &described::Schema<view::RuleView>;
    auto filters = SortedPageParameters(Orders());
    filters.push_back({.name = "bucket", .description = "Id or name of a bucket."});
    filters.push_back({.name = "source", .description = "Id or name of a source."});
    router.Add(
        {.method = "GET",
         .pattern = "/v1/rules",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Rules",
         .description = "All, or with `bucket` (id or name) those that hold for it: its own and its "
                        "source's; or with `source` those of that source. Of highest priority first.",
         .query = filters,
         .answer = &described::Schema<view::RuleList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/rules",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Choose a processor for a place",
         .description = kWhatARuleIs,
         .body = &described::Schema<view::NewRule>,
         .answer = rule,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Add(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/rules/{rule}",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "One rule",
         .description = "By id.",
         .answer = rule,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "PATCH",
         .pattern = "/v1/rules/{rule}",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Change a rule",
         .description = "What is not given stays; another processor without `config` takes its defaults. "
                        "What is queued or done keeps the configuration it was given; "
                        "`POST /v1/items/{item}/rerun` repeats it with that one.",
         .body = &described::Schema<view::RuleChange>,
         .edits = described::MemberNames<view::RuleChange>(),
         .answer = rule,
         .handle = [routes](Request& r) { return routes->Change(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/rules/{rule}/apply",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Run it on what is there already",
         .description = "Queues what the rule chooses for items of its place that never had it: the newest "
                        "version of each key, unless it was cancelled. Again gives nothing twice. Answers "
                        "when all are queued, with how many.",
         .answer = &described::Schema<view::CountView>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Apply(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/rules/{rule}",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Remove a rule",
         .description = "What it has queued is processed all the same. To stop for a while, set `enabled` "
                        "to false.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
}

}  // namespace notify
