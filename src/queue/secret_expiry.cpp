#include "queue/secret_expiry.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "queue/source_event.hpp"
#include "storage/event_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr auto kInterval = std::chrono::minutes(1);

struct Expiring {
    Source source;
    SourceSecret secret;
    std::string_view warning;
};

Result<std::vector<Expiring>> FindExpiring(const Snapshot& snapshot, Timestamp now) {
    std::vector<Expiring> expiring;
    auto sources = snapshot.sources.List();
    if (!sources) {
        return Unexpected(sources.error());
    }
    for (auto& source : *sources) {
        const auto secrets = snapshot.sources.Secrets(source.id);
        if (!secrets) {
            return Unexpected(secrets.error());
        }
        const auto* last = LastToEnd(*secrets);
        const auto warning = last == nullptr ? std::nullopt : WarningDue(*last->expires_at, now);
        if (warning) {
            expiring.push_back({.source = std::move(source), .secret = *last, .warning = *warning});
        }
    }
    return expiring;
}

Event EventOf(const Expiring& expiring, Timestamp now) {
    const auto& source = expiring.source;
    return SourceEvent(
        "source.credentials_expiring",
        source,
        now,
        {{"expires_at", ToRfc3339(*expiring.secret.expires_at)}, {"within", expiring.warning}},
        fmt::format("expiring:{}:{}:{}", source.id.Value(), expiring.secret.number, expiring.warning)
    );
}

}  // namespace

const SourceSecret* LastToEnd(const std::vector<SourceSecret>& secrets) {
    const auto never = std::ranges::any_of(secrets, [](const auto& secret) { return !secret.expires_at; });
    const auto last = std::ranges::max_element(secrets, {}, &SourceSecret::expires_at);
    return never || last == secrets.end() ? nullptr : &*last;
}

std::optional<std::string_view> WarningDue(Timestamp expires_at, Timestamp now) noexcept {
    const auto left = expires_at - now;
    if (left <= std::chrono::hours(24)) {
        return "24h";
    }
    return left <= std::chrono::days(7) ? std::optional<std::string_view>("7d") : std::nullopt;
}

SecretExpiry::~SecretExpiry() {
    Stop();
}

void SecretExpiry::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void SecretExpiry::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

Result<int> SecretExpiry::RunOnce() {
    const auto now = clock_.Now();
    const auto expiring =
        storage_.Read([&](const Snapshot& snapshot) { return FindExpiring(snapshot, now); });
    if (!expiring || expiring->empty()) {
        return expiring ? Result<int>(0) : Unexpected(expiring.error());
    }
    return storage_.Write([&](Transaction& transaction) -> Result<int> {
        int told = 0;
        for (const auto& each : *expiring) {
            const auto is_new = transaction.events.Append(EventOf(each, now));
            if (!is_new) {
                return Unexpected(is_new.error());
            }
            told += *is_new ? 1 : 0;
        }
        return told;
    });
}

void SecretExpiry::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto told = RunOnce();
        if (!told) {
            Log(LogLevel::kWarn,
                "credentials that end could not be looked for",
                {{"error", told.error().message}});
        } else if (*told > 0) {
            Log(LogLevel::kWarn, "credentials of sources end soon", {{"count", *told}});
            told_();
        }
        SleepFor(kInterval, stop);
    }
}

}  // namespace notify
