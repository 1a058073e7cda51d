// POST /v1/buckets/import.

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/names.hpp"
#include "http/router.hpp"
#include "http/routes/bucket_checks.hpp"
#include "http/routes/import_rows.hpp"
#include "http/routes/new_bucket.hpp"
#include "http/routes/routes.hpp"
#include "http/views_backlog.hpp"
#include "queue/scheduler.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// What there is while the lines are gone through.
struct There {
    std::vector<Source> sources;
    std::vector<Bucket> buckets;
};

/// The first of `wanted` that can be a name and `taken` does not say is taken; else one with a number.
template <class Taken>
std::string FreeName(const std::vector<std::string>& wanted, const Taken& taken) {
    for (const auto& name : wanted) {
        if (IsName(name) && !taken(name)) {
            return name;
        }
    }
    const std::string base = IsName(wanted.front() + " (10000)") ? wanted.front() : "bucket";
    for (int number = 2;; ++number) {
        if (auto name = fmt::format("{} ({})", base, number); !taken(name)) {
            return name;
        }
    }
}

std::string EndpointIn(std::string_view config) {
    const auto json = ParseJson(config);
    return json && json->is_object() && json->get_object().contains("endpoint")
               ? std::string(json->at("endpoint").as_string())
               : std::string();
}

/// "store.example:9000", or the kind when the endpoint has no host.
std::string NameOfSource(const There& there, const PlannedBucket& planned) {
    const auto endpoint = EndpointIn(planned.config);
    const auto begin = endpoint.find("//");
    auto host = endpoint.substr(begin == std::string::npos ? 0 : begin + 2);
    host = host.substr(0, host.find('/'));
    return FreeName({host, fmt::format("{} {}", planned.kind, host)}, [&](const std::string& name) {
        return std::ranges::find(there.sources, name, &Source::name) != there.sources.end();
    });
}

class Import {
public:
    Import(Transaction& transaction, const Request& request, Timestamp now)
        : transaction_(transaction), request_(request), now_(now) {}

    Result<view::ImportAnswer> Run(const ImportPlan& plan) {
        auto sources = transaction_.sources.List();
        auto buckets = transaction_.buckets.List();
        if (!sources || !buckets) {
            return Unexpected(sources ? buckets.error() : sources.error());
        }
        there_ = {.sources = *std::move(sources), .buckets = *std::move(buckets)};
        answer_.refused = plan.refused;
        for (const auto& planned : plan.buckets) {
            if (auto taken = Take(planned); !taken) {
                return Unexpected(taken.error());
            }
        }
        std::ranges::stable_sort(answer_.refused, {}, &view::RefusedRow::line);
        return std::move(answer_);
    }

private:
    Result<void> Take(const PlannedBucket& planned) {
        const auto identity = SourceIdentity(planned.kind, planned.config);
        const auto source = std::ranges::find_if(there_.sources, [&](const Source& each) {
            return SourceIdentity(each.kind, each.config) == identity;
        });
        const auto bucket = std::ranges::find_if(there_.buckets, [&](const Bucket& each) {
            return source != there_.sources.end() && each.source_id == source->id &&
                   each.location == planned.location;
        });
        if (bucket != there_.buckets.end()) {
            return Compare(planned, *bucket);
        }
        if (IsTaken(planned.name)) {
            Refuse(planned, fmt::format("name: there is another bucket named '{}'", planned.name));
            return {};
        }
        return source == there_.sources.end()
                   ? MakeSource(planned).and_then([&](const Source& made) { return Make(planned, made); })
                   : Make(planned, *source);
    }

    [[nodiscard]] bool IsTaken(const std::string& name) const {
        return std::ranges::find(there_.buckets, name, &Bucket::name) != there_.buckets.end();
    }

    void Refuse(const PlannedBucket& planned, std::string sentence) {
        answer_.refused.push_back({.line = planned.line, .sentence = std::move(sentence)});
    }

    /// What is there stays as it is; when the line wants it otherwise, it is told.
    Result<void> Compare(const PlannedBucket& planned, const Bucket& bucket) {
        const auto rules = transaction_.rules.OfBucket(bucket.id);
        if (!rules) {
            return Unexpected(rules.error());
        }
        const auto missing = std::ranges::find_if(planned.rules, [&](const Rule& rule) {
            return std::ranges::find(*rules, rule.processor, &Rule::processor) == rules->end();
        });
        if (missing != planned.rules.end()) {
            Refuse(
                planned,
                fmt::format(
                    "bucket '{0}' is there already, without a rule for {1}; add it: notifications-api rules "
                    "add --bucket {0} --processor {1}",
                    bucket.name,
                    missing->processor
                )
            );
        } else if (bucket.active != planned.active) {
            Refuse(
                planned,
                fmt::format(
                    "bucket '{0}' is there already and is {1}; change it: notifications-api buckets {2} {0}",
                    bucket.name,
                    bucket.active ? "switched on" : "switched off",
                    bucket.active ? "off" : "on"
                )
            );
        } else {
            ++answer_.unchanged;
        }
        return {};
    }

    Result<void> Audit(std::string_view action, std::string_view subject, std::string_view detail) {
        return transaction_.keys.AddAudit(
            {.at = now_,
             .actor = request_.caller.actor,
             .action = std::string(action),
             .subject = std::string(subject),
             .detail = std::string(detail)}
        );
    }

    Result<Source> MakeSource(const PlannedBucket& planned) {
        Source source{
            .id = SourceId(MakeId("src")),
            .kind = planned.kind,
            .name = NameOfSource(there_, planned),
            .config = planned.config,
            .created_at = now_
        };
        return transaction_.sources.Add(source)
            .and_then([&] { return Audit("source.add", source.id.Value(), source.name); })
            .map([&] {
                ++answer_.sources_made;
                there_.sources.push_back(source);
                return std::move(source);
            });
    }

    Result<void> Make(const PlannedBucket& planned, const Source& source) {
        Bucket bucket;
        bucket.id = BucketId(MakeId("bkt"));
        bucket.source_id = source.id;
        bucket.kind = source.kind;
        bucket.location = planned.location;
        bucket.active = planned.active;
        bucket.options.backlog = planned.backlog;
        bucket.created_at = now_;
        bucket.name = planned.name.empty() ? FreeName(
                                                 {NameFrom(bucket),
                                                  planned.location,
                                                  fmt::format("{}/{}", source.name, planned.location)},
                                                 [this](const std::string& name) { return IsTaken(name); }
                                             )
                                           : planned.name;
        if (const auto apart = CheckApart(bucket, there_.buckets); !apart) {
            Refuse(planned, apart.error().message);
            return {};
        }
        return transaction_.buckets.Add(bucket).and_then(
                                                   [&] { return AddRules(bucket, planned.rules); }
        ).and_then([&] {
             return Audit("bucket.add", bucket.id.Value(), bucket.location);
         }).map([&] {
            ++answer_.made;
            there_.buckets.push_back(bucket);
        });
    }

    Result<void> AddRules(const Bucket& bucket, const std::vector<Rule>& rules) {
        for (auto rule : rules) {
            rule.id = RuleId(MakeId("rul"));
            rule.bucket_id = bucket.id;
            rule.created_at = now_;
            rule.changed_at = now_;
            if (auto added = transaction_.rules.Add(rule); !added) {
                return added;
            }
        }
        return {};
    }

    Transaction& transaction_;
    const Request& request_;
    Timestamp now_;
    There there_;
    view::ImportAnswer answer_;
};

Response ImportBuckets(const ApiParts& parts, const Request& request) {
    return WithBody<view::BucketImport>(request, [&](const view::BucketImport& wanted) {
        const auto plan = PlanImport(wanted, parts.sources, parts.box);
        const auto done = plan.and_then([&](const ImportPlan& planned) {
            return parts.storage.Write([&](Transaction& transaction) {
                return Import(transaction, request, parts.clock.Now()).Run(planned);
            });
        });
        parts.scheduler.Refresh();
        return Answer(request, done, [](const view::ImportAnswer& answer) { return answer; });
    });
}

}  // namespace

void AddImportRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/import",
         .scope = Scope::kAdmin,
         .tag = "buckets",
         .summary = "Add many buckets of object stores",
         .description =
             "From a CSV file (`csv`, its text) or `rows`, with the columns kind, endpoint, region, bucket, "
             "prefix, access_key_ref, secret_ref, processor, active; also name, backlog, biometric_basis. "
             "Lines of the same kind, endpoint, region and references share a source, which is made when "
             "there is none; the references name settings (STORE_…) that hold the keys. `backlog` and "
             "`biometric_basis` beside it are for the lines without their own. Every line that can be is "
             "taken, all in one transaction; each other is in `refused` with its sentence. What is there "
             "already is not changed, so the same file again makes nothing. The places are not looked at: "
             "what is wrong with one is told as `last_scan_note` soon after.",
         .body = &described::Schema<view::BucketImport>,
         .max_body = 16U << 20U,
         .answer = &described::Schema<view::ImportAnswer>,
         .handle = [parts](Request& r) { return ImportBuckets(parts, r); }}
    );
}

}  // namespace notify
