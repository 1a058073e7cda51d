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
        started_ = true;
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Relabeller::Stop() {
    if (thread_.joinable()) {
        started_ = false;
        thread_.request_stop();
        thread_.join();
    }
}

void Relabeller::Request() {
    if (!started_) {
        if (!is_shared_) {
            static_cast<void>(RunOnce({}));
        }
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        wanted_ = true;
    }
    wakes_.notify_all();
}

/// False when it did not come to its end.
bool Relabeller::RunOnce(const std::stop_token& stop) {
    const auto changed = relabelling_.Relabel(stop);
    if (!changed && changed.error().code != ErrorCode::kStopped) {
        Log(LogLevel::kWarn,
            "past items could not be compared with people again",
            {{"error", changed.error().message}});
    }
    if (changed && *changed > 0) {
        Log(LogLevel::kInfo, "past items got other names", {{"count", *changed}});
        changed_();
    }
    return changed.has_value();
}

/// Whether unknown faces got somebody: their items are wanted looked at again.
bool Relabeller::Group(const std::stop_token& stop) {
    const auto placed = unknown_people_.Group(stop);
    if (!placed && placed.error().code != ErrorCode::kStopped) {
        Log(LogLevel::kWarn, "unknown faces could not be grouped", {{"error", placed.error().message}});
    }
    return placed && *placed > 0;
}

void Relabeller::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        bool wanted = false;
        {
            std::unique_lock lock(mutex_);
            wakes_.wait_for(lock, stop, kAskEvery, [this] { return wanted_; });
            wanted = std::exchange(wanted_, false);
        }
        const auto version = is_shared_ ? relabelling_.GalleryVersion() : Result<std::int64_t>(done_for_);
        wanted = Group(stop) || wanted || (version && *version != done_for_);
        if (wanted && !stop.stop_requested() && RunOnce(stop) && version) {
            done_for_ = *version;
        }
    }
}

}  // namespace notify
