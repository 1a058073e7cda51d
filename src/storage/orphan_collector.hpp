#pragma once

// Has artifacts that no result refers to removed, hour by hour.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "storage/artifact_store.hpp"

namespace notify {

/// One thread. The store outlives it.
class OrphanCollector final {
public:
    explicit OrphanCollector(ArtifactStore& artifacts) : artifacts_(artifacts) {}

    ~OrphanCollector();
    OrphanCollector(const OrphanCollector&) = delete;
    OrphanCollector& operator=(const OrphanCollector&) = delete;

    /// Collects at once, then every `interval`. Does nothing when running.
    void Start(std::chrono::milliseconds interval = std::chrono::hours(1));

    /// Ends a collection that goes on. Does nothing when not running.
    void Stop();

private:
    void Loop(std::chrono::milliseconds interval, const std::stop_token& stop);
    void CollectOnce(const std::stop_token& stop);

    ArtifactStore& artifacts_;
    std::mutex mutex_;
    std::condition_variable_any wakes_;
    std::jthread thread_;
};

}  // namespace notify
