#include "queue/resolver.hpp"

#include "core/log.hpp"
#include "storage/process_repository.hpp"

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
    const auto waiting =
        storage_.Read([](const Snapshot& snapshot) { return snapshot.processes.PendingResolves(kBatch); });
    if (!waiting) {
        return Unexpected(waiting.error());
    }
    int count = 0;
    for (const auto& id : *waiting) {
        auto resolved = completion_.Resolve(id);
        for (int again = 1; resolved && !*resolved && again < kTries; ++again) {
            resolved = completion_.Resolve(id);
        }
        if (!resolved) {
            Log(LogLevel::kWarn,
                "result not resolved yet",
                {{"process", id.Value()}, {"error", resolved.error().message}});
        }
        count += resolved && *resolved ? 1 : 0;
    }
    return count;
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
