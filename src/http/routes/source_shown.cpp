#include "http/routes/source_shown.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/routes/routes.hpp"
#include "http/views_sources.hpp"
#include "queue/messages/queue_reader.hpp"
#include "queue/secret_expiry.hpp"
#include "queue/webhook_watch.hpp"
#include "sources/setup.hpp"

namespace notify {

namespace {

std::optional<view::QueueView> ShowQueue(const ApiParts& parts, const Source& source) {
    if (source.kind != "sqs") {
        return std::nullopt;
    }
    const auto states = parts.queues();
    const auto state = std::ranges::find(states, source.id, &QueueState::source_id);
    if (state == states.end()) {
        return std::nullopt;
    }
    return view::QueueView{
        .received = static_cast<std::int64_t>(state->received),
        .deleted = static_cast<std::int64_t>(state->deleted),
        .known = static_cast<std::int64_t>(state->known),
        .dead = static_cast<std::int64_t>(state->dead),
        .answered_at = TextOf(state->answered_at),
        .oldest_seconds = OldestAge(*state, parts.clock.Now()).count(),
        .code = state->code,
        .sentence = state->sentence
    };
}

std::optional<view::WebhooksView> ShowWebhooks(const ApiParts& parts, const Source& source) {
    const auto states = parts.webhooks();
    const auto state = std::ranges::find(states, source.id, &WebhookState::source_id);
    if (state == states.end()) {
        return std::nullopt;
    }
    view::WebhooksView shown{.read_at = TextOf(state->read_at), .rows = {}, .sentence = state->sentence};
    for (const auto& webhook : state->webhooks) {
        shown.rows.push_back(
            {.id = webhook.id,
             .name = webhook.name,
             .status = {.text = webhook.status},
             .sentence = webhook.sentence}
        );
    }
    return shown;
}

/// What is wrong with a webhook, so that a list of sources shows it; "" when nothing is.
std::string NoteOf(const std::optional<view::WebhooksView>& webhooks) {
    for (const auto& row : webhooks ? webhooks->rows : std::vector<view::StoreWebhookView>()) {
        if (!row.sentence.empty()) {
            return row.sentence;
        }
    }
    return {};
}

}  // namespace

view::SourceView ShowEdited(const Source& source) {
    view::SourceView shown;
    shown.name = source.name;
    shown.config = ParseJson(source.config).value_or(boost::json::object{});
    shown.max_in_flight = source.max_in_flight;
    return shown;
}

view::SourceView ShowSource(
    const ApiParts& parts, const Source& source, const std::vector<SourceSecret>& secrets
) {
    const auto known = parts.sources.Schema(source.kind);
    const auto* last = LastToEnd(secrets);
    auto webhooks = ShowWebhooks(parts, source);
    const auto note = known ? NoteOf(webhooks) : known.error().message;
    auto shown = ShowEdited(source);
    shown.id = source.id.Value();
    shown.kind = source.kind;
    shown.expires_at = last == nullptr ? std::nullopt : TextOf(last->expires_at);
    shown.queue = ShowQueue(parts, source);
    shown.webhooks = std::move(webhooks);
    shown.note = note;
    shown.created_at = ToRfc3339(source.created_at);
    for (const auto& secret : secrets) {
        shown.secrets.push_back(
            {.number = secret.number,
             .access_key = secret.access_key,
             .added_at = ToRfc3339(secret.added_at),
             .expires_at = TextOf(secret.expires_at)}
        );
    }
    return shown;
}

}  // namespace notify
