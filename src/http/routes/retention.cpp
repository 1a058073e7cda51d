// POST /v1/retention/runs: removes what is old now.

#include "domain/retention.hpp"

#include "core/result.hpp"
#include "http/api.hpp"
#include "http/body.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_retention.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::RemovedRows Show(const RemovedRows& removed) {
    return {
        .items = removed.items,
        .processes = removed.processes,
        .results = removed.results,
        .history = removed.changes,
        .events = removed.events,
        .deliveries = removed.deliveries,
        .dead_messages = removed.dead_messages
    };
}

Result<void> Audit(const ApiParts& parts, const Request& request) {
    return parts.storage.Write([&](Transaction& transaction) {
        return transaction.keys.AddAudit(
            {.at = parts.clock.Now(),
             .actor = request.caller.actor,
             .action = "retention.run",
             .subject = {},
             .detail = {}}
        );
    });
}

Response RunNow(const ApiParts& parts, const Request& request) {
    return WithBody<view::RetentionRun>(request, [&](const view::RetentionRun& asked) {
        const bool dry_run = asked.dry_run.value_or(false);
        const auto begun = dry_run ? Result<void>{} : Audit(parts, request);
        return Answer(request, begun.and_then([&] { return parts.remove_old(dry_run, request.stop); }), Show);
    });
}

}  // namespace

void AddRetentionRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/retention/runs",
         .scope = Scope::kAdmin,
         .tag = "health",
         .summary = "Remove what is old",
         .description =
             "The node that schedules does it every hour by itself. With `dry_run` it is only counted, and "
             "`results` is 0: which of them nothing refers to any more is known when it is done. What is "
             "kept "
             "for how long: the RETENTION settings.",
         .body = &described::Schema<view::RetentionRun>,
         .answer = &described::Schema<view::RemovedRows>,
         .handle = [parts](Request& r) { return RunNow(parts, r); }}
    );
}

}  // namespace notify
