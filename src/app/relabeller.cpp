#include "app/relabeller.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <utility>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr auto kAskEvery = std::chrono::seconds(2);

}  // namespace

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
        if (!is_shared_) {
            RunOnce({});
        }
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
    while (!stop.stop_requested()) {
        bool wanted = false;
        {
            std::unique_lock lock(mutex_);
            wakes_.wait_for(lock, stop, kAskEvery, [this] { return wanted_; });
            wanted = std::exchange(wanted_, false);
        }
        if (!stop.stop_requested() && (PeopleChanged() || wanted)) {
            RunOnce(stop);
        }
    }
}

bool Relabeller::PeopleChanged() {
    const auto version = is_shared_ ? relabelling_.GalleryVersion() : Result<std::int64_t>(version_);
    return version && std::exchange(version_, *version) != *version;
}

}  // namespace notify
