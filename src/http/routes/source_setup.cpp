// POST /v1/sources/{source}/setup.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/source_writing.hpp"
#include "http/views_sources.hpp"
#include "sources/setup.hpp"
#include "storage/key_repository.hpp"
#include "storage/kind_source.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

SetupWish WishOf(const ApiParts& parts, const view::SourceSetup& wanted) {
    return {
        .system_endpoint = wanted.system_endpoint,
        .webhook_name = wanted.webhook_name,
        .action_title = wanted.action_title,
        .secret = parts.iconik_webhook_secret,
        .take_over = wanted.take_over.value_or(false),
        .dry_run = wanted.dry_run.value_or(false),
        .remove = wanted.remove.value_or(false)
    };
}

view::SetupReport Shown(const SetupOutcome& outcome, bool dry_run) {
    view::SetupReport report{
        .passed =
            std::ranges::find(outcome.steps, SetupState::kFailed, &SetupStep::state) == outcome.steps.end(),
        .dry_run = dry_run,
        .steps = {},
        .warnings = outcome.warnings
    };
    for (const auto& step : outcome.steps) {
        report.steps.push_back(
            {.what = step.what,
             .name = step.name,
             .id = step.id,
             .state = {.text = std::string(kSetupStateWords.at(static_cast<std::size_t>(step.state)))},
             .sentence = step.sentence}
        );
    }
    return report;
}

/// `config` with the members that setup wants in it; nothing when it has them.
std::optional<std::string> ConfigAfter(const std::string& config, const boost::json::object& members) {
    auto json = ParseJson(config);
    if (!json || !json->is_object()) {
        return std::nullopt;
    }
    const auto before = *json;
    for (const auto& member : members) {
        json->as_object()[member.key()] = member.value();
    }
    return *json == before ? std::nullopt : std::optional(ToJsonText(*json));
}

/// What is made in the store is there whatever becomes of this: the next run finds it.
Result<void> Keep(
    const ApiParts& parts, const Request& request, const Source& source, const SetupOutcome& outcome
) {
    auto after = source;
    auto kept = parts.storage.Write([&](Transaction& transaction) -> Result<void> {
        auto there = transaction.sources.Get(source.id);
        if (!there) {
            return Unexpected(there.error());
        }
        const auto config = ConfigAfter(there->config, outcome.config);
        if (config) {
            const auto normal = parts.sources.Normalise(there->kind, *config);
            if (!normal) {
                return Unexpected(normal.error().Within("the source's configuration after setup"));
            }
            there->config = *normal;
            if (const auto updated = transaction.sources.Update(*there); !updated) {
                return updated;
            }
        }
        after = *there;
        return transaction.keys.AddAudit(
            {.at = parts.clock.Now(),
             .actor = request.caller.actor,
             .action = "source.setup",
             .subject = source.id.Value(),
             .detail = source.name}
        );
    });
    if (kept) {
        PublishAnew(parts, source, after, request.stop);
        parts.nudge();
    }
    return kept;
}

Response SetUp(const Request& request, const ApiParts& parts, const view::SourceSetup& wanted) {
    const auto source = parts.storage.Read([&](const Snapshot& snapshot) {
        return FindSource(snapshot, request.parameters[0]);
    });
    if (!source) {
        return Problem(source.error(), request.id);
    }
    const auto wish = WishOf(parts, wanted);
    auto outcome = parts.sources.SetUp(*source, wish, request.stop);
    if (outcome && !wish.dry_run) {
        if (const auto kept = Keep(parts, request, *source, *outcome); !kept) {
            outcome = Unexpected(kept.error());
        }
    }
    return Answer(request, outcome, [&](const SetupOutcome& done) { return Shown(done, wish.dry_run); });
}

}  // namespace

void AddSourceSetupRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/sources/{source}/setup",
         .scope = Scope::kAdmin,
         .tag = "sources",
         .summary = "Make in Iconik what a source needs there",
         .description =
             "A metadata field and a view for names, webhooks and a custom action that send to "
             "/v1/intake/iconik: each is made, changed where it differs, or left as it is, and the source's "
             "configuration is given what was made. With `remove` webhooks and custom action are taken away; "
             "field and view hold data and stay. What Iconik refuses is a step of state failed, and no "
             "failure "
             "of the request. Needs ICONIK_WEBHOOK_SECRET. Sources of other kinds have nothing to set up.",
         .body = &described::Schema<view::SourceSetup>,
         .answer = &described::Schema<view::SetupReport>,
         .handle = [parts](Request& r) {
             return WithBody<view::SourceSetup>(r, [&](const view::SourceSetup& wanted) {
                 return SetUp(r, parts, wanted);
             });
         }}
    );
}

}  // namespace notify
