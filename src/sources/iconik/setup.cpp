#include "sources/iconik/setup.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/names_view.hpp"
#include "sources/iconik/own_row.hpp"
#include "sources/iconik/setup_row.hpp"
#include "sources/iconik/telling.hpp"
#include "sources/iconik/webhooks.hpp"
#include "sources/objects/faults.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

constexpr RowKind kActions{
    .what = "custom action",
    .plural = "the custom actions",
    .list = "assets/v1/custom_actions/ASSET/",
    .change = "PATCH",
    .roles = "custom_actions",
    .label = "title"
};

/// What one webhook tells of. No realm: all that happens to an asset, its files, proxies and formats too.
struct News {
    std::string_view event_type;
    std::string_view realm;
    std::string_view suffix;  ///< Of the webhook's name.
};

constexpr std::array<News, 2> kNews{{
    {.event_type = "assets", .realm = "", .suffix = ""},
    {.event_type = "collections", .realm = "contents", .suffix = " (collections)"},
}};

/// The configuration with what is wished in its place.
struct Wanted {
    std::string url;  ///< "" when nobody said.
    std::string webhook_name;
    std::string action_title;
};

Result<Wanted> WantedOf(const Telling& telling, const SetupWish& wish) {
    Wanted wanted{
        .url = {},
        .webhook_name = wish.webhook_name.value_or(telling.webhook_name),
        .action_title = wish.action_title.value_or(telling.action_title)
    };
    if (wanted.webhook_name.empty() || wanted.action_title.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "/{}: must not be empty", wanted.webhook_name.empty() ? "webhook_name" : "action_title"
            )
        );
    }
    const auto endpoint = wish.system_endpoint.value_or(telling.system_endpoint);
    if (endpoint.empty()) {
        return wanted;
    }
    return IntakeUrl(endpoint).map([&](std::string url) {
        wanted.url = std::move(url);
        return wanted;
    });
}

object Headers(const SetupWish& wish) {
    return {{kSecretHeader, wish.secret}};
}

object WebhookOf(const Wanted& wanted, const News& news, const SetupWish& wish) {
    object webhook{
        {"name", wanted.webhook_name + std::string(news.suffix)},
        {"event_type", news.event_type},
        {"realm", nullptr},
        {"operation", nullptr},
        {"object_id", nullptr},
        {"query", ""},
        {"url", wanted.url},
        {"headers", Headers(wish)},
        {"status", "ENABLED"}
    };
    if (!news.realm.empty()) {
        webhook["realm"] = news.realm;
    }
    return webhook;
}

object ActionOf(const Wanted& wanted, const SetupWish& wish) {
    return {
        {"context", "ASSET"},
        {"type", "POST"},
        {"title", wanted.action_title},
        {"url", wanted.url},
        {"headers", Headers(wish)}
    };
}

/// What is put in the place of a row: other headers and a description that somebody gave it stay.
object WholeOf(const object& wanted, const object* there) {
    object whole = wanted;
    if (there == nullptr) {
        return whole;
    }
    if (const auto* const description = there->if_contains("description"); description != nullptr) {
        whole["description"] = *description;
    }
    const auto* const had = there->if_contains("headers");
    if (had != nullptr && had->is_object()) {
        object headers;
        for (const auto& each : had->get_object()) {
            if (!SameHeader(each.key(), kSecretHeader)) {
                headers[each.key()] = each.value();
            }
        }
        for (const auto& each : wanted.at("headers").get_object()) {
            headers[each.key()] = each.value();
        }
        whole["headers"] = std::move(headers);
    }
    return whole;
}

bool IsOf(const object& row, const News& news) {
    return TextIn(row, "event_type") == news.event_type && TextIn(row, "status") != "DELETED";
}

bool IsPost(const object& row) {
    return TextIn(row, "type") == "POST";
}

bool WasMade(
    const object& row,
    const RowKind& kind,
    const std::vector<std::string>& ids,
    const std::vector<object>& wanted
) {
    const auto alike = [&](const object& each) {
        const auto url = TextIn(each, "url");
        return !url.empty() && TextIn(row, "url") == url &&
               TextIn(row, kind.label) == TextIn(each, kind.label);
    };
    return std::ranges::find(ids, TextIn(row, "id")) != ids.end() || std::ranges::any_of(wanted, alike);
}

SetupStep StepOf(std::string_view what, std::string name, SetupState state, std::string sentence = {}) {
    return {
        .what = std::string(what),
        .name = std::move(name),
        .id = {},
        .state = state,
        .sentence = std::move(sentence)
    };
}

/// A fault that the next step would have too.
bool ConcernsAll(const Error& error) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kThrottled ||
           error.code == ErrorCode::kStopped ||
           (error.code == ErrorCode::kUnauthenticated && error.reason != objects::kAccessDenied);
}

/// One run of the command: its steps, each after the one before.
class Run final {
public:
    Run(const RowWriter& writer, const Config& config, const SetupWish& wish, Wanted wanted)
        : writer_(writer), config_(config), wish_(wish), wanted_(std::move(wanted)) {}

    [[nodiscard]] SetupOutcome Make() {
        outcome_.warnings = WarningsOf(wanted_.url);
        PutNames();
        PutWebhooks();
        PutAction();
        outcome_.config["system_endpoint"] = wish_.system_endpoint.value_or(config_.telling.system_endpoint);
        outcome_.config["webhook_name"] = wanted_.webhook_name;
        outcome_.config["action_title"] = wanted_.action_title;
        return std::move(outcome_);
    }

    [[nodiscard]] SetupOutcome Remove() {
        std::vector<object> webhooks;
        webhooks.reserve(kNews.size());
        for (const auto& news : kNews) {
            webhooks.push_back(WebhookOf(wanted_, news, wish_));
        }
        if (RemoveRows(kWebhookKind, config_.telling.webhooks, webhooks)) {
            outcome_.config["webhooks"] = boost::json::array();
        }
        if (RemoveRows(kActions, {config_.telling.custom_action}, {ActionOf(wanted_, wish_)})) {
            outcome_.config["custom_action"] = "";
        }
        const auto names = NamesPlaceOf(config_.writing);
        const auto* const why = "it may hold names of people, so it is not taken away; remove it in Iconik";
        outcome_.steps.push_back(StepOf(kFieldKind.what, names.field, SetupState::kKept, why));
        outcome_.steps.push_back(StepOf(kViewKind.what, names.view, SetupState::kKept, why));
        return std::move(outcome_);
    }

private:
    /// True when the step was done.
    bool Add(std::string_view what, const std::string& name, Result<SetupStep> step) {
        if (step) {
            outcome_.steps.push_back(*std::move(step));
            return true;
        }
        ended_ = ConcernsAll(step.error());
        outcome_.steps.push_back(StepOf(what, name, SetupState::kFailed, step.error().message));
        return false;
    }

    /// Nothing when they cannot be listed; that is a step.
    [[nodiscard]] std::optional<std::vector<object>> List(const RowKind& kind, const std::string& name) {
        if (ended_) {
            return std::nullopt;
        }
        auto rows = ListRows(writer_.client, kind, writer_.stop);
        if (!rows) {
            Add(kind.what, name, Unexpected(rows.error()));
            return std::nullopt;
        }
        return *std::move(rows);
    }

    [[nodiscard]] Result<SetupStep> Put(
        const RowKind& kind, const Result<const object*>& there, const object& wanted
    ) {
        return there.and_then([&](const object* row) {
            return PutRow(writer_, kind, row, wanted, WholeOf(wanted, row));
        });
    }

    void PutNames() {
        const auto names = NamesPlaceOf(config_.writing);
        if (!Add(kFieldKind.what, names.field, PutField(writer_, names)) || ended_) {
            return;
        }
        auto view = PutView(writer_, names);
        const auto id = view ? view->id : std::string();
        if (Add(kViewKind.what, names.view, std::move(view)) && config_.writing.names_view.empty()) {
            outcome_.config["names_view"] = id;
            outcome_.config["names_field"] = names.field;
        }
    }

    void PutWebhooks() {
        const auto rows = List(kWebhookKind, wanted_.webhook_name);
        if (!rows) {
            return;
        }
        boost::json::array ids;
        for (const auto& news : kNews) {
            const auto webhook = WebhookOf(wanted_, news, wish_);
            const auto there = FindOurs(
                *rows,
                {.kind = kWebhookKind,
                 .ids = config_.telling.webhooks,
                 .fits = [&](const object& row) { return IsOf(row, news); },
                 .option = "--webhook-name"},
                webhook,
                wish_.take_over
            );
            auto id = there && *there != nullptr ? TextIn(**there, "id") : std::string();
            if (!ended_) {
                const auto step = Put(kWebhookKind, there, webhook);
                if (step) {
                    id = step->id;
                }
                Add(kWebhookKind.what, TextIn(webhook, "name"), step);
            }
            if (!id.empty()) {
                ids.emplace_back(id);
            }
        }
        outcome_.config["webhooks"] = std::move(ids);
    }

    void PutAction() {
        const auto rows = List(kActions, wanted_.action_title);
        if (!rows) {
            return;
        }
        const auto action = ActionOf(wanted_, wish_);
        const auto there = FindOurs(
            *rows,
            {.kind = kActions,
             .ids = {config_.telling.custom_action},
             .fits = IsPost,
             .option = "--action-title"},
            action,
            wish_.take_over
        );
        auto step = Put(kActions, there, action);
        if (step) {
            outcome_.config["custom_action"] = step->id;
        }
        Add(kActions.what, wanted_.action_title, std::move(step));
    }

    /// Those that setup made: by their ids, or by both their label and their URL. True when none is left.
    [[nodiscard]] bool RemoveRows(
        const RowKind& kind, const std::vector<std::string>& ids, const std::vector<object>& wanted
    ) {
        const auto name = TextIn(wanted.front(), kind.label);
        const auto rows = List(kind, name);
        if (!rows) {
            return false;
        }
        bool any = false;
        bool gone = true;
        for (const auto& row : *rows) {
            if (ended_ || TextIn(row, "status") == "DELETED" || !WasMade(row, kind, ids, wanted)) {
                continue;
            }
            any = true;
            gone = Add(kind.what, TextIn(row, kind.label), RemoveRow(writer_, kind, row)) && gone;
        }
        if (!any) {
            outcome_.steps.push_back(StepOf(kind.what, name, SetupState::kAbsent));
        }
        return gone && !ended_;
    }

    const RowWriter& writer_;
    const Config& config_;
    const SetupWish& wish_;
    const Wanted wanted_;
    SetupOutcome outcome_;
    bool ended_ = false;
};

}  // namespace

Result<SetupOutcome> SetUp(
    Client& client, const Config& config, const SetupWish& wish, const std::stop_token& stop
) {
    const auto wanted = WantedOf(config.telling, wish);
    if (!wanted) {
        return Unexpected(wanted.error());
    }
    if (wanted->url.empty()) {
        return Fail(
            ErrorCode::kConflict,
            "it is not known where Iconik reaches this service: give the URL with --system-endpoint, or as "
            "system_endpoint of the source's configuration"
        );
    }
    if (wish.secret.empty()) {
        return Fail(
            ErrorCode::kConflict,
            "there is no secret that Iconik could send along: set ICONIK_WEBHOOK_SECRET (16 characters or "
            "more), start the service again, and run setup again"
        );
    }
    const RowWriter writer{.client = client, .dry_run = wish.dry_run, .stop = stop};
    return Run(writer, config, wish, *wanted).Make();
}

Result<SetupOutcome> TakeAway(
    Client& client, const Config& config, const SetupWish& wish, const std::stop_token& stop
) {
    const auto wanted = WantedOf(config.telling, wish);
    if (!wanted) {
        return Unexpected(wanted.error());
    }
    const RowWriter writer{.client = client, .dry_run = wish.dry_run, .stop = stop};
    return Run(writer, config, wish, *wanted).Remove();
}

}  // namespace notify::iconik
