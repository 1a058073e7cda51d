#pragma once

// Keeps this node's leases alive, takes back those of nodes that are gone, brings cancellations.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

struct ReaperSettings {
    NodeId node;
    std::chrono::milliseconds lease = std::chrono::seconds(30);
    std::chrono::milliseconds heartbeat = std::chrono::seconds(10);
    std::chrono::milliseconds reap =
        std::chrono::seconds(5);  ///< Also how often it is asked which nodes live.
    std::chrono::milliseconds margin =
        std::chrono::seconds(5);  ///< Work stops this long before the lease could end.
};

/// Whom the reaper tells, on its threads: `lost` on one, the others on another.
struct ReaperCalls {
    std::function<std::vector<Hold>()> held;  ///< What this node works on.
    std::function<void(const ProcessId&)>
        cancel;                    ///< The cancellation of a process of this node was asked for.
    std::function<void()> lost;    ///< No heartbeat got through until lease − margin: running work must stop.
    std::function<void()> reaped;  ///< Processes of others became Pending.
};

/// Since the start.
struct ReaperCounts {
    std::int64_t rescues = 0;         ///< Processes whose lease was over and that were given back.
    std::int64_t nodes_given_up = 0;  ///< Others, by this one.
    std::int64_t leases_lost = 0;     ///< Times that ReaperCalls::lost was called.
};

/// Two threads: one beats and reaps; the other looks at the time since the last beat, also while the database
/// stands still and keeps the first. Everything borrowed outlives it.
class Reaper final {
public:
    Reaper(Storage& storage, const Clock& clock, ReaperSettings settings, ReaperCalls calls);
    ~Reaper();
    Reaper(const Reaper&) = delete;
    Reaper& operator=(const Reaper&) = delete;

    void Start();
    void Stop();

    /// Gives up the nodes that are gone, and gives back every process whose lease is over; how many. Burns no
    /// attempt: a lost node counts as a rescue.
    [[nodiscard]] Result<int> ReapExpired();

    /// Extends the leases of what this node works on and passes cancellations on.
    [[nodiscard]] Result<void> Heartbeat();

    /// Thread-safe.
    [[nodiscard]] ReaperCounts Counts() const noexcept;

private:
    using Steady = std::chrono::steady_clock;

    [[nodiscard]] Result<std::vector<Node>> GiveUpWhoIsGone();
    void Loop(const std::stop_token& stop);
    void Watch(const std::stop_token& stop);
    void StopWhenLate();
    void CountFrom(Steady::time_point beat) noexcept;

    Storage& storage_;
    const Clock& clock_;
    const ReaperSettings settings_;
    const ReaperCalls calls_;
    std::atomic<std::int64_t> rescues_{0};
    std::atomic<std::int64_t> nodes_given_up_{0};
    std::atomic<std::int64_t> leases_lost_{0};
    std::atomic<Steady::time_point> beat_at_;  ///< From when on the leases count.
    std::jthread thread_;
    std::jthread watch_;
};

/// What a node does before it starts to work. A node that is alone on its database makes everything Pending
/// that is Processing (the rule people know), another only what has no lease any more. How many. None of them
/// burns an attempt.
[[nodiscard]] Result<int> ResetAfterStart(Storage& storage, Timestamp now);

}  // namespace notify
