#pragma once

// Keeps this node's leases alive, takes back those of nodes that are gone, brings cancellations.

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "queue/job_runner.hpp"
#include "storage/storage.hpp"

namespace notify {

struct ReaperSettings {
    NodeId node;
    std::chrono::milliseconds lease = std::chrono::seconds(30);
    std::chrono::milliseconds heartbeat = std::chrono::seconds(10);
    std::chrono::milliseconds reap = std::chrono::seconds(5);
    std::chrono::milliseconds margin =
        std::chrono::seconds(5);  ///< Work stops this long before the lease could end.
};

/// One thread. Everything borrowed outlives it.
class Reaper final {
public:
    /// `lost` is called when no heartbeat got through until lease − margin: the work must stop. `reaped` when
    /// processes became Pending.
    Reaper(
        Storage& storage,
        const Clock& clock,
        JobRunner& runner,
        ReaperSettings settings,
        std::function<void()> lost,
        std::function<void()> reaped
    );
    ~Reaper();
    Reaper(const Reaper&) = delete;
    Reaper& operator=(const Reaper&) = delete;

    void Start();
    void Stop();

    /// Gives back every process whose lease is over; how many. Burns no attempt: a lost node counts as a
    /// rescue.
    [[nodiscard]] Result<int> ReapExpired();

    /// Extends this node's leases and passes cancellations on.
    [[nodiscard]] Result<void> Heartbeat();

private:
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    JobRunner& runner_;
    const ReaperSettings settings_;
    std::function<void()> lost_;
    std::function<void()> reaped_;
    std::jthread thread_;
};

/// What a single node does before it starts to work: every Processing becomes Pending. (The rule people know:
/// at start everything that was Processing is reset.) How many.
[[nodiscard]] Result<int> ResetProcessing(Storage& storage, Timestamp now);

}  // namespace notify
