#include "queue/retention.hpp"

#include <chrono>
#include <stop_token>

#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr int kBatch = 1000;
constexpr int kPauses = 4;  // for each time a batch took
constexpr auto kInterval = std::chrono::hours(1);

}  // namespace

Retention::~Retention() {
    Stop();
}

void Retention::Start() {
    if (keep_ > std::chrono::days(0) && !thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Retention::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

Result<Removed> Retention::RunOnce(const std::stop_token& stop) {
    const auto before = clock_.Now() - keep_;
    Removed all;
    while (!stop.stop_requested()) {
        const auto began = steady_clock::now();
        const auto removed = storage_.Write([&](Transaction& transaction) -> Result<Removed> {
            const auto deliveries = transaction.deliveries.RemoveOld(before, kBatch);
            const auto events = transaction.events.RemoveOld(before, kBatch);
            const auto dead_messages = transaction.dead_messages.RemoveOld(before, kBatch);
            for (const auto* rows : {&deliveries, &events, &dead_messages}) {
                if (!*rows) {
                    return Unexpected(rows->error());
                }
            }
            return Removed{.events = *events, .deliveries = *deliveries, .dead_messages = *dead_messages};
        });
        if (!removed) {
            return removed;
        }
        if (removed->All() == 0) {
            break;
        }
        all.events += removed->events;
        all.deliveries += removed->deliveries;
        all.dead_messages += removed->dead_messages;
        SleepFor((steady_clock::now() - began) * kPauses, stop);
    }
    return all;
}

void Retention::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto removed = RunOnce(stop);
        if (!removed) {
            Log(LogLevel::kWarn, "old rows could not be removed", {{"error", removed.error().message}});
        } else if (removed->All() > 0) {
            Log(LogLevel::kInfo,
                "old rows removed",
                {{"events", removed->events},
                 {"deliveries", removed->deliveries},
                 {"dead_messages", removed->dead_messages}});
        }
        SleepFor(kInterval, stop);
    }
}

}  // namespace notify
