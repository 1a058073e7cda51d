// POST /v1/buckets/{bucket}/done and /v1/buckets/{bucket}/rerun.

#include "queue/backlog/done.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/csv.hpp"
#include "core/error.hpp"
#include "core/percent.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/named.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_backlog.hpp"
#include "processors/kind.hpp"
#include "queue/rerun.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::array<std::string_view, 1> kRequired{"key"};
constexpr std::array<std::string_view, 2> kOptional{"version", "at"};
constexpr std::size_t kBatch = 500;  // marks in a transaction

/// The marks of a request, and the lines that are none.
struct Marks {
    std::vector<WantedMark> wanted;
    std::vector<view::RefusedRow> refused;
};

/// An ETag as tools write it, with quotes or without.
std::string Unquoted(std::string_view version) {
    const bool quoted = version.size() >= 2 && version.starts_with('"') && version.ends_with('"');
    return std::string(quoted ? version.substr(1, version.size() - 2) : version);
}

Result<WantedMark> MarkFrom(const view::DoneRow& row, bool percent_encoded, Timestamp now) {
    auto key = percent_encoded ? PercentDecoded(row.key, true) : std::optional(row.key);
    if (!key || key->empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            row.key.empty() ? "key: is empty" : "key: is not percent-encoded as it was said to be"
        );
    }
    const bool dated = row.at && !row.at->empty();
    const auto at = dated ? FromRfc3339(*row.at) : Result<Timestamp>(now);
    if (!at) {
        return Unexpected(at.error().Within("at"));
    }
    return WantedMark{
        .mark = {.key = *std::move(key), .version = Unquoted(row.version.value_or("")), .at = *at},
        .dated = dated
    };
}

void Take(Marks& marks, int line, const Result<WantedMark>& mark) {
    if (mark) {
        marks.wanted.push_back(*mark);
    } else {
        marks.refused.push_back({.line = line, .sentence = mark.error().message});
    }
}

Result<Marks> MarksOf(const view::DoneElsewhere& asked, Timestamp now) {
    if (asked.csv.has_value() != asked.rows.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "/csv: give either the text of a file, or rows");
    }
    const bool encoded = asked.percent_encoded.value_or(false);
    Marks marks;
    for (std::size_t i = 0; i < asked.rows.size(); ++i) {
        Take(marks, static_cast<int>(i) + 1, MarkFrom(asked.rows[i], encoded, now));
    }
    if (!asked.csv) {
        return marks;
    }
    const auto table = CsvTable::Read(*asked.csv, kRequired, kOptional);
    if (!table) {
        return Unexpected(table.error().Within("/csv"));
    }
    for (const auto& each : table->Rows()) {
        const view::DoneRow row{
            .key = std::string(table->WholeField(each, "key")),
            .version = std::string(table->Field(each, "version")),
            .at = std::string(table->Field(each, "at"))
        };
        Take(
            marks,
            each.line,
            table->IsTooLong(each)
                ? Result<WantedMark>(Fail(
                      ErrorCode::kInvalidArgument,
                      "it has more fields than there are columns; quote a key that has a comma in it"
                  ))
                : MarkFrom(row, encoded, now)
        );
    }
    return marks;
}

Result<Bucket> BucketOf(const ApiParts& parts, const Request& request) {
    return parts.storage.Read([&](const Snapshot& snapshot) {
        return snapshot.buckets.Find(request.parameters[0]);
    });
}

Result<void> AuditDone(
    const ApiParts& parts,
    const Request& request,
    const Bucket& bucket,
    std::string_view action,
    std::size_t marks
) {
    return parts.storage.Write([&](Transaction& transaction) {
        return transaction.keys.AddAudit(
            {.at = parts.clock.Now(),
             .actor = request.caller.actor,
             .action = std::string(action),
             .subject = bucket.id.Value(),
             .detail = fmt::format("{} keys", marks)}
        );
    });
}

/// In batches: what was marked before a failure stays marked, and the same again goes on.
Result<MarkCounts> Apply(const ApiParts& parts, const Bucket& bucket, const Marks& marks, bool undo) {
    MarkCounts all;
    for (std::size_t from = 0; from < marks.wanted.size(); from += kBatch) {
        const auto begin = marks.wanted.begin() + static_cast<std::ptrdiff_t>(from);
        const auto count = std::min(kBatch, marks.wanted.size() - from);
        const std::vector<WantedMark> batch(begin, begin + static_cast<std::ptrdiff_t>(count));
        const auto done = parts.storage.Write([&](Transaction& transaction) {
            const auto now = parts.clock.Now();
            return undo ? UnmarkDone(transaction, bucket, batch, now)
                        : MarkDone(transaction, bucket, batch, now);
        });
        if (!done) {
            return done;
        }
        all += *done;
    }
    return all;
}

Response Done(const ApiParts& parts, const Request& request) {
    return WithBody<view::DoneElsewhere>(request, [&](const view::DoneElsewhere& asked) {
        const bool undo = asked.undo.value_or(false);
        const auto bucket = BucketOf(parts, request);
        const auto marks = MarksOf(asked, parts.clock.Now());
        if (!bucket || !marks) {
            return Problem(bucket ? marks.error() : bucket.error(), request.id);
        }
        const auto counts =
            AuditDone(parts, request, *bucket, undo ? "bucket.undone" : "bucket.done", marks->wanted.size())
                .and_then([&] { return Apply(parts, *bucket, *marks, undo); });
        parts.nudge();
        return Answer(request, counts, [&](const MarkCounts& count) {
            return view::DoneAnswer{
                .marked = count.marked,
                .unchanged = count.unchanged,
                .items = count.items,
                .running = count.running,
                .processed = count.processed,
                .refused = marks->refused
            };
        });
    });
}

Result<std::vector<std::string>> ProcessorsOf(const std::vector<std::string>& names) {
    std::vector<std::string> processors;
    for (const auto& name : names) {
        const auto kind = FindProcessorKind(name);
        if (!kind) {
            return Unexpected(kind.error().Within(fmt::format("/processors/{}", processors.size())));
        }
        processors.emplace_back((*kind)->name);
    }
    return processors;
}

Response Rerun(const ApiParts& parts, const Request& request) {
    return WithBody<view::BucketRerun>(request, [&](const view::BucketRerun& asked) {
        const auto bucket = BucketOf(parts, request);
        auto processors = ProcessorsOf(asked.processors);
        if (!bucket || !processors) {
            return Problem(bucket ? processors.error() : bucket.error(), request.id);
        }
        const RerunOrder order{
            .bucket = bucket->id,
            .mode = Named<RerunMode>(kRerunModeWords, asked.mode.text).value_or(RerunMode::kMissing),
            .processors = *std::move(processors),
            .priority = asked.priority ? std::optional(asked.priority->value) : std::nullopt,
            .baseline = asked.baseline.value_or(false),
            .dry_run = asked.dry_run.value_or(false)
        };
        const auto counts =
            RerunBucket(parts.storage, parts.clock, order, request.caller.actor, request.stop);
        parts.nudge();
        return Answer(
            request,
            counts,
            [](const RerunCounts& count) {
                return view::RerunAnswer{
                    .looked_at = count.looked_at,
                    .items = count.items,
                    .processes = count.processes,
                    .busy = count.busy,
                    .set_aside = count.set_aside
                };
            },
            202
        );
    });
}

}  // namespace

void AddDoneRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/{bucket}/done",
         .scope = Scope::kWrite,
         .reach = Reach::kBucket,
         .tag = "items",
         .summary = "Mark what an earlier system has done",
         .description =
             "From a CSV file (`csv`, its text) or `rows`, with the columns key, version, at. What waits is "
             "Skipped as `done_elsewhere`; what comes later is so when it is noticed. A `version` is an "
             "ETag; "
             "without one what was written until `at`, or until now, is meant. What runs or has ended here "
             "is left alone. `percent_encoded` keys are decoded, '+' as a space (S3 Inventory writes them "
             "so). Again changes nothing. With `undo` the marks of these keys and versions are taken back, "
             "and what they skipped is taken up.",
         .body = &described::Schema<view::DoneElsewhere>,
         .max_body = 16U << 20U,
         .answer = &described::Schema<view::DoneAnswer>,
         .handle = [parts](Request& r) { return Done(parts, r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/{bucket}/rerun",
         .scope = Scope::kWrite,
         .reach = Reach::kBucket,
         .tag = "items",
         .summary = "Run what is in a bucket again",
         .description =
             "`missing`: what its rules choose and there is no result of, because it was never run or "
             "Failed. `changed`: what there is a result of, but not with the configuration of its rules and "
             "the processors' versions of now. `force`: everything, also what was cancelled. Of each key the "
             "newest version; what waits or runs stays as it is (`busy`). What is before_baseline or "
             "done_elsewhere is left alone unless `baseline`. `dry_run` only counts.",
         .body = &described::Schema<view::BucketRerun>,
         .answer = &described::Schema<view::RerunAnswer>,
         .status = 202,
         .handle = [parts](Request& r) { return Rerun(parts, r); }}
    );
}

}  // namespace notify
