// /v1/pauses: what people hold back.

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/named.hpp"
#include "domain/node.hpp"
#include "domain/pause.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_pauses.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/kind_source.hpp"
#include "storage/node_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::PauseRow Show(const Pause& pause) {
    return {
        .id = pause.id.Value(),
        .of = {std::string(ToString(pause.of))},
        .subject = pause.subject,
        .reason = pause.reason,
        .actor = pause.actor,
        .since = ToRfc3339(pause.since),
        .until = TextOf(pause.until)
    };
}

/// The subject as it is kept: a source or a bucket may be told by its name, a node by its host where that is
/// one.
Result<std::string> SubjectOf(const Snapshot& snapshot, PauseOf of, const std::string& told) {
    if (of == PauseOf::kEverything) {
        return told.empty() ? Result<std::string>(std::string())
                            : Fail(ErrorCode::kInvalidArgument, "/subject: there is none of everything");
    }
    if (told.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("/subject: say which {} is to be paused", ToString(of))
        );
    }
    if (of == PauseOf::kSource) {
        return FindSource(snapshot, told).map([](const Source& source) { return source.id.Value(); });
    }
    if (of == PauseOf::kBucket) {
        return snapshot.buckets.Find(told).map([](const Bucket& bucket) { return bucket.id.Value(); });
    }
    const auto nodes = snapshot.nodes.List();
    if (!nodes) {
        return Unexpected(nodes.error());
    }
    if (std::ranges::find(*nodes, told, &Node::name) != nodes->end()) {
        return told;
    }
    const auto on_host = std::ranges::find(*nodes, told, &Node::host);
    const bool is_one = std::ranges::count(*nodes, told, &Node::host) == 1;
    return is_one ? Result<std::string>(on_host->name)
                  : Fail(
                        ErrorCode::kNotFound,
                        fmt::format(
                            "there is no node '{}', and not one on a host of that name; see /v1/nodes", told
                        )
                    );
}

Result<std::optional<Timestamp>> EndOf(const view::NewPause& wanted, Timestamp now) {
    if (wanted.until && wanted.for_seconds) {
        return Fail(ErrorCode::kInvalidArgument, "/for_seconds: is given beside until; give one of them");
    }
    if (wanted.for_seconds) {
        return std::optional(now + std::chrono::seconds(wanted.for_seconds->value));
    }
    if (!wanted.until) {
        return std::optional<Timestamp>();
    }
    return FromRfc3339(*wanted.until)
        .map_error([](const Error& error) { return error.Within("/until"); })
        .and_then([&](Timestamp until) -> Result<std::optional<Timestamp>> {
            return until > now ? Result<std::optional<Timestamp>>(until)
                               : Fail(ErrorCode::kInvalidArgument, "/until: is over already");
        });
}

class PauseRoutes {
public:
    explicit PauseRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto pauses = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.pauses.List(parts_.clock.Now());
        });
        return Answer(request, pauses, [](const std::vector<Pause>& rows) {
            view::PauseList list;
            std::ranges::transform(rows, std::back_inserter(list.rows), Show);
            return list;
        });
    }

    [[nodiscard]] Response Begin(const Request& request) const {
        return WithBody<view::NewPause>(request, [&](const view::NewPause& wanted) {
            const auto begun = Put(request, wanted);
            parts_.scheduler.Refresh();
            return Answer(request, begun, Show, 201);
        });
    }

    [[nodiscard]] Response End(const Request& request) const {
        const PauseId id(request.parameters[0]);
        const auto ended = parts_.storage.Write([&](Transaction& transaction) -> Result<void> {
            return transaction.pauses.End(id).and_then([&](const Pause& pause) {
                return Audit(transaction, request, "pause.end", pause);
            });
        });
        parts_.scheduler.Refresh();
        parts_.nudge();
        return NoContent(request, ended);
    }

private:
    [[nodiscard]] Result<Pause> Put(const Request& request, const view::NewPause& wanted) const {
        const auto now = parts_.clock.Now();
        const auto until = EndOf(wanted, now);
        if (!until) {
            return Unexpected(until.error());
        }
        const auto of = Named<PauseOf>(kPauseOfWords, wanted.of.text).value_or(PauseOf::kEverything);
        return parts_.storage.Write([&](Transaction& transaction) -> Result<Pause> {
            auto subject = SubjectOf(transaction.View(), of, wanted.subject.value_or(std::string()));
            if (!subject) {
                return Unexpected(subject.error());
            }
            Pause pause{
                .id = PauseId(MakeId("pau")),
                .of = of,
                .subject = *std::move(subject),
                .reason = wanted.reason.text,
                .actor = request.caller.actor,
                .since = now,
                .until = *until
            };
            return transaction.pauses.Put(pause)
                .and_then([&] { return Audit(transaction, request, "pause.begin", pause); })
                .map([&] { return pause; });
        });
    }

    [[nodiscard]] Result<void> Audit(
        Transaction& transaction, const Request& request, std::string action, const Pause& pause
    ) const {
        return transaction.keys.AddAudit(
            {.at = parts_.clock.Now(),
             .actor = request.caller.actor,
             .action = std::move(action),
             .subject = pause.subject.empty() ? std::string(ToString(pause.of)) : pause.subject,
             .detail = pause.reason}
        );
    }

    ApiParts parts_;
};

}  // namespace

void AddPauseRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<PauseRoutes>(parts);  // shared by the handlers below
    const std::string tag = "pauses";
    router.Add(
        {.method = "GET",
         .pattern = "/v1/pauses",
         .scope = Scope::kRead,
         .tag = tag,
         .summary = "What is held back, by whom and why",
         .description = "Those in force, the oldest first. Items that wait for one are blocked_by paused and "
                        "say so: of everything, of their source, of their bucket, or of all nodes that could "
                        "take them.",
         .answer = &described::Schema<view::PauseList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/pauses",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Hold something back",
         .description =
             "Of everything nothing more is processed, of a source or a bucket nothing is scanned, "
             "processed or written back, and a node takes nothing more (it is drained). What runs "
             "comes to its end. In place of a pause of the same. Messages and webhooks go on. It "
             "ends by itself where `until` or `for_seconds` says when.",
         .body = &described::Schema<view::NewPause>,
         .answer = &described::Schema<view::PauseRow>,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Begin(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/pauses/{pause}",
         .scope = Scope::kWrite,
         .tag = tag,
         .summary = "Go on",
         .status = 204,
         .handle = [routes](Request& r) { return routes->End(r); }}
    );
}

}  // namespace notify
