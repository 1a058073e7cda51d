#include "app/relabeller.hpp"

#include <mutex>
#include <stop_token>

#include "core/error.hpp"
#include "core/log.hpp"

namespace notify {

Relabeller::~Relabeller() {
    Stop();
}

void Relabeller::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Relabeller::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Relabeller::Request() {
    if (!thread_.joinable()) {
        RunOnce({});
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        wanted_ = true;
    }
    wakes_.notify_all();
}

void Relabeller::RunOnce(const std::stop_token& stop) {
    const auto changed = relabelling_.RelabelAll(stop);
    if (!changed && changed.error().code != ErrorCode::kStopped) {
        Log(LogLevel::kWarn,
            "past items could not be compared with people again",
            {{"error", changed.error().message}});
    }
    if (changed && *changed > 0) {
        Log(LogLevel::kInfo, "past items got other names", {{"count", *changed}});
        changed_();
    }
}

void Relabeller::Loop(const std::stop_token& stop) {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            wakes_.wait(lock, stop, [this] { return wanted_; });
            if (stop.stop_requested()) {
                return;
            }
            wanted_ = false;
        }
        RunOnce(stop);
    }
}

}  // namespace notify
