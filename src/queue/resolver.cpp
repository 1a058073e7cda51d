#include "queue/resolver.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <vector>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "queue/retry_policy.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kBatch = 20;
constexpr int kTries = 3;  // when people change faster than we prepare; then the next poll
constexpr auto kPoll = std::chrono::seconds(5);

}  // namespace

Resolver::~Resolver() {
    Stop();
}

void Resolver::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Resolver::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Resolver::Nudge() {
    {
        const std::scoped_lock lock(mutex_);
        nudged_ = true;
    }
    wakes_.notify_all();
}

Result<int> Resolver::RunOnce() {
    const auto waiting = storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.processes.PendingResolves(clock_.Now(), kBatch);
    });
    return waiting.map([this](const std::vector<PendingResolve>& rows) {
        return static_cast<int>(std::ranges::count_if(rows, [this](const auto& row) { return Work(row); }));
    });
}

/// True when it was resolved.
bool Resolver::Work(const PendingResolve& pending) {
    auto resolved = completion_.Resolve(pending.process_id);
    for (int again = 1; resolved && !*resolved && again < kTries; ++again) {
        resolved = completion_.Resolve(pending.process_id);
    }
    if (!resolved) {
        StepBack(pending, resolved.error());
    }
    return resolved.value_or(false);
}

void Resolver::StepBack(const PendingResolve& pending, const Error& error) {
    const auto& id = pending.process_id;
    const auto delay = ResolveDelay(error, pending.attempt + 1);
    const auto done = delay ? storage_.Write([&](Transaction& transaction) {
        return transaction.processes.DelayResolve(id, clock_.Now() + *delay);
    })
                            : completion_.GiveUpResolving(id, error);
    Log(delay ? LogLevel::kWarn : LogLevel::kError,
        delay ? "result not resolved yet" : "result cannot be resolved",
        {{"process", id.Value()}, {"error", error.message}});
    if (!done) {
        Log(LogLevel::kWarn,
            "resolve row not written",
            {{"process", id.Value()}, {"error", done.error().message}});
    }
}

void Resolver::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        if (const auto done = RunOnce(); !done) {
            Log(LogLevel::kWarn, "resolve rows could not be read", {{"error", done.error().message}});
        }
        std::unique_lock lock(mutex_);
        wakes_.wait_for(lock, stop, kPoll, [this] { return nudged_; });
        nudged_ = false;
    }
}

}  // namespace notify
