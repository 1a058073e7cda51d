#include "queue/webhook_watch.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "queue/source_event.hpp"
#include "sources/setup.hpp"
#include "storage/event_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr auto kInterval = std::chrono::minutes(5);
constexpr const char* kWell = "enabled";

/// The same as long as it fails since the same moment; where the store does not say since when, always new.
std::string DedupKey(const Source& source, const StoreWebhook& webhook) {
    return webhook.since.empty()
               ? std::string()
               : fmt::format(
                     "webhook:{}:{}:{}:{}", source.id.Value(), webhook.id, webhook.status, webhook.since
                 );
}

Event EventOf(const Source& source, const StoreWebhook& webhook, Timestamp now) {
    return SourceEvent(
        "source.webhook_failing",
        source,
        now,
        {{"webhook", webhook.id}, {"status", webhook.status}, {"sentence", webhook.sentence}},
        DedupKey(source, webhook)
    );
}

/// Those that are not well and were otherwise before.
std::vector<StoreWebhook> NewlyUnwell(
    const std::vector<StoreWebhook>& before, const std::vector<StoreWebhook>& now
) {
    std::vector<StoreWebhook> unwell;
    for (const auto& webhook : now) {
        const auto had = std::ranges::find(before, webhook.id, &StoreWebhook::id);
        if (webhook.status != kWell && (had == before.end() || had->status != webhook.status)) {
            unwell.push_back(webhook);
        }
    }
    return unwell;
}

}  // namespace

WebhookWatch::~WebhookWatch() {
    Stop();
}

void WebhookWatch::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void WebhookWatch::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

std::vector<WebhookState> WebhookWatch::States() const {
    const std::scoped_lock lock(mutex_);
    return states_;
}

WebhookState WebhookWatch::StateOf(const SourceId& id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(states_, id, &WebhookState::source_id);
    return found == states_.end()
               ? WebhookState{.source_id = id, .read_at = {}, .webhooks = {}, .sentence = {}}
               : *found;
}

Result<int> WebhookWatch::Look(const Source& source, WebhookState& state, const std::stop_token& stop) {
    auto webhooks = read_(source, stop);
    if (!webhooks) {
        if (state.sentence != webhooks.error().message) {
            Log(LogLevel::kWarn,
                "the state of a source's webhooks cannot be read",
                {{"source", source.name}, {"error", webhooks.error().message}});
        }
        state.sentence = webhooks.error().message;
        return webhooks.error().code == ErrorCode::kStopped ? Unexpected(webhooks.error()) : Result<int>(0);
    }
    const auto now = clock_.Now();
    const auto unwell = NewlyUnwell(state.webhooks, *webhooks);
    const auto told =
        unwell.empty() ? Result<int>(0) : storage_.Write([&](Transaction& transaction) -> Result<int> {
            int count = 0;
            for (const auto& webhook : unwell) {
                const auto is_new = transaction.events.Append(EventOf(source, webhook, now));
                if (!is_new) {
                    return Unexpected(is_new.error());
                }
                count += *is_new ? 1 : 0;
            }
            return count;
        });
    if (told) {  // else it is told when it is read again
        for (const auto& webhook : unwell) {
            Log(LogLevel::kWarn, webhook.sentence, {{"source", source.name}});
        }
        state.webhooks = *std::move(webhooks);
        state.sentence.clear();
        state.read_at = now;
    }
    return told;
}

Result<int> WebhookWatch::RunOnce(const std::stop_token& stop) {
    const auto sources = storage_.Read([](const Snapshot& snapshot) { return snapshot.sources.List(); });
    if (!sources) {
        return Unexpected(sources.error());
    }
    int told = 0;
    std::vector<WebhookState> states;
    for (const auto& source : *sources) {
        auto state = StateOf(source.id);
        const auto looked = Look(source, state, stop);
        if (!looked) {
            return looked;
        }
        told += *looked;
        if (!state.webhooks.empty() || !state.sentence.empty()) {
            states.push_back(std::move(state));
        }
    }
    const std::scoped_lock lock(mutex_);
    states_ = std::move(states);
    return told;
}

void WebhookWatch::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto told = RunOnce(stop);
        if (!told && told.error().code != ErrorCode::kStopped) {
            Log(LogLevel::kWarn,
                "the webhooks of sources could not be looked at",
                {{"error", told.error().message}});
        } else if (told && *told > 0) {
            told_();
        }
        SleepFor(kInterval, stop);
    }
}

}  // namespace notify
