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
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/rule_checks.hpp"
#include "http/views_rules.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<SourceId> FindSource(const Snapshot& snapshot, std::string_view id_or_name) {
    const auto sources = snapshot.buckets.Sources();
    if (!sources) {
        return Unexpected(sources.error());
    }
    for (const auto& source : *sources) {
        if (source.id.Value() == id_or_name || source.name == id_or_name) {
            return source.id;
        }
    }
    return Fail(ErrorCode::kNotFound, fmt::format("there is no source '{}'", id_or_name));
}

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
    return FindSource(snapshot, *wanted.source).map([&](const SourceId& id) { rule.source_id = id; });
}

/// The buckets it holds for.
Result<std::vector<BucketId>> Reach(const Snapshot& snapshot, const Rule& rule) {
    if (!rule.bucket_id.IsEmpty()) {
        return std::vector{rule.bucket_id};
    }
    return snapshot.buckets.List().map([&](const std::vector<Bucket>& buckets) {
        std::vector<BucketId> ids;
        for (const auto& bucket : buckets) {
            if (bucket.source_id == rule.source_id) {
                ids.push_back(bucket.id);
            }
        }
        return ids;
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

class RuleRoutes {
public:
    explicit RuleRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto bucket = request.Query("bucket");
        const auto rules = parts_.storage.Read([&](const Snapshot& snapshot) {
            return bucket.empty() ? snapshot.rules.List()
                                  : snapshot.buckets.Find(bucket).and_then([&](const Bucket& found) {
                                        return snapshot.rules.OfBucket(found.id);
                                    });
        });
        return Answer(request, rules, [](const std::vector<Rule>& rows) {
            view::RuleList list;
            for (const auto& rule : rows) {
                list.rows.push_back(ShowRule(rule));
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const auto rule = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.rules.Get(RuleId(request.parameters[0]));
        });
        return Answer(request, rule, ShowRule);
    }

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewRule>(request, [&](const view::NewRule& wanted) {
            return Answer(request, Make(request, wanted), ShowRule, 201);
        });
    }

    [[nodiscard]] Response Change(const Request& request) const {
        return WithBody<view::RuleChange>(request, [&](const view::RuleChange& change) {
            return Answer(request, Update(request, change), ShowRule);
        });
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        return NoContent(request, parts_.storage.Write([&](Transaction& transaction) -> Result<void> {
            const auto rule = transaction.rules.Get(RuleId(request.parameters[0]));
            if (!rule) {
                return Unexpected(rule.error());
            }
            return transaction.rules.Remove(rule->id).and_then([&] {
                return Audit(transaction, request, "rule.remove", *rule, parts_.clock.Now());
            });
        }));
    }

private:
    [[nodiscard]] Result<Rule> Make(const Request& request, const view::NewRule& wanted) const {
        auto rule = RuleFrom(wanted);
        if (!rule) {
            return rule;
        }
        rule->id = RuleId(MakeId("rul"));
        const auto added = parts_.storage.Write([&](Transaction& transaction) {
            // inside: whatever was skipped for want of it has an earlier time, or the same
            rule->created_at = parts_.clock.Now();
            rule->changed_at = rule->created_at;
            return Place(transaction.View(), wanted, *rule)
                .and_then([&] { return transaction.rules.Add(*rule); })
                .and_then([&] { return Audit(transaction, request, "rule.add", *rule, rule->created_at); });
        });
        return added ? Result<Rule>(LookAtItsBuckets(*rule)) : Unexpected(added.error());
    }

    [[nodiscard]] Result<Rule> Update(const Request& request, const view::RuleChange& change) const {
        const auto changed = parts_.storage.Write([&](Transaction& transaction) -> Result<Rule> {
            auto rule = transaction.rules.Get(RuleId(request.parameters[0]));
            if (!rule) {
                return rule;
            }
            rule->changed_at = parts_.clock.Now();
            auto done =
                Apply(change, *rule).and_then([&] { return transaction.rules.Update(*rule); }).and_then([&] {
                    return Audit(transaction, request, "rule.change", *rule, rule->changed_at);
                });
            return done ? rule : Unexpected(done.error());
        });
        return changed.map([&](const Rule& rule) { return LookAtItsBuckets(rule); });
    }

    /// So that what was skipped for want of this rule is taken up soon. The rule stands either way.
    [[nodiscard]] Rule LookAtItsBuckets(const Rule& rule) const {
        const auto reach =
            parts_.storage.Read([&](const Snapshot& snapshot) { return Reach(snapshot, rule); });
        for (const auto& id : reach.value_or(std::vector<BucketId>())) {
            parts_.scheduler.LookAt(id);
        }
        return rule;
    }

    ApiParts parts_;
};

constexpr auto kWhatARuleIs =
    "Which processor runs where, with which configuration (earlier: the API rule, and choosing from the "
    "available processors). `bucket` or `source` (all its buckets), by id or name. `processor` is one of "
    "/v1/processors (`FacialRecognition` is taken for `facial-recognition`) and `config` is checked against "
    "its schema. `path_glob` is over the key (`*.mp4`, `films/**`), `media_types` like `video/mp4` or "
    "`video/*` are judged by content. A processor that recognises people needs `biometric_basis`. The rule "
    "holds for what is discovered from now on, and for items that were skipped as `no_rule`.";

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddRuleRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<RuleRoutes>(parts);  // shared by the handlers below
    const std::string tag = "rules";
    const auto rule = &described::Schema<view::RuleView>;
    router.Add(
        {.method = "GET",
         .pattern = "/v1/rules",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "Rules",
         .description = "All, or with `bucket` (id or name) those that hold for it: its own and its "
                        "source's. Of highest priority first.",
         .query = {{.name = "bucket", .description = "Id or name of a bucket."}},
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
         .answer = rule,
         .handle = [routes](Request& r) { return routes->Change(r); }}
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
