#include "storage/orphan_collector.hpp"

#include <chrono>
#include <mutex>
#include <stop_token>

#include "core/error.hpp"
#include "core/log.hpp"

namespace notify {

OrphanCollector::~OrphanCollector() {
    Stop();
}

void OrphanCollector::Start(std::chrono::milliseconds interval) {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this, interval](const std::stop_token& stop) { Loop(interval, stop); });
    }
}

void OrphanCollector::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void OrphanCollector::Loop(std::chrono::milliseconds interval, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        CollectOnce(stop);
        std::unique_lock lock(mutex_);
        wakes_.wait_for(lock, stop, interval, [] { return false; });
    }
}

void OrphanCollector::CollectOnce(const std::stop_token& stop) {
    const auto removed = artifacts_.CollectOrphans(stop);
    if (!removed && removed.error().code != ErrorCode::kStopped) {
        Log(LogLevel::kWarn,
            "artifacts without a result could not be removed",
            {{"error", removed.error().message}});
    } else if (removed && *removed > 0) {
        Log(LogLevel::kInfo, "artifacts without a result removed", {{"count", *removed}});
    }
}

}  // namespace notify
