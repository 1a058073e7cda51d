#pragma once

// One claimer and the workers it feeds.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "queue/claim.hpp"
#include "queue/claim_waits.hpp"
#include "queue/giving_way.hpp"
#include "queue/pace.hpp"
#include "queue/turn_ledger.hpp"
#include "queue/worker.hpp"
#include "storage/storage.hpp"

namespace notify {

struct WorkerPoolSettings {
    Claimant claimant;
    int workers = 1;
};

/// The claimer takes as many items as there are free workers, in one transaction; while items end within
/// milliseconds also those of the next 100 ms (pace.hpp). What was claimed ahead and is not begun within a
/// second is given back. Buckets are charged the time that their items hold a worker, of long ones every 10
/// s. Everything borrowed outlives it.
class WorkerPool final {
public:
    /// `claimed` is called after a claim wrote events.
    WorkerPool(
        Storage& storage,
        const Clock& clock,
        Worker& worker,
        WorkerPoolSettings settings,
        std::function<void()> claimed
    );
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void Start();

    /// Claims nothing more, at once. Stop follows. Thread-safe.
    void StopClaiming() { claimer_.request_stop(); }

    /// Claims nothing more; has long work leave where it can go on; gives running items `grace`, then
    /// stops them; returns when all workers are done.
    void Stop(std::chrono::milliseconds grace);

    /// Stops running work and claims that wait for a worker at once, for a node that lost its leases.
    /// Thread-safe.
    void StopRunning();

    /// How many workers have an item now. Thread-safe.
    [[nodiscard]] int Busy();

    /// Of all it claimed. Thread-safe.
    [[nodiscard]] ClaimWaits Waits();

    /// Says that something may be ready. Thread-safe, never blocks.
    void Nudge();

private:
    /// A claim with the stop of the work that was running when it was made, and when that was.
    struct Waiting {
        ClaimedItem claim;
        std::stop_token stop;
        Pace::Time since;
        bool in_place = false;  ///< Of one that gave way: it may be short.
    };

    void ClaimLoop(const std::stop_token& stop);
    void WorkLoop(const std::stop_token& stop);
    [[nodiscard]] int Wanted();
    void GiveBackWhatWaits();
    [[nodiscard]] Result<std::vector<ClaimedItem>> Claim(int max, Among among);
    [[nodiscard]] Result<bool> ClaimSome(int wanted);
    void TakeIn(std::vector<ClaimedItem>& claims, Among among);
    [[nodiscard]] std::optional<GivingWay::Claim> WhoMayGiveWay();
    [[nodiscard]] Result<bool> ShortWaits();
    [[nodiscard]] Result<void> AskToGiveWay();
    void RunOne(Waiting waiting);
    void LeaveWhatIsLong();
    [[nodiscard]] Result<void> Charge();

    Storage& storage_;
    const Clock& clock_;
    Worker& worker_;
    const WorkerPoolSettings settings_;
    std::function<void()> claimed_;

    std::mutex mutex_;
    std::condition_variable_any claimer_wakes_;
    std::condition_variable_any workers_wake_;
    std::deque<Waiting> waiting_;
    int busy_ = 0;
    Pace pace_;
    TurnLedger ledger_;
    GivingWay giving_way_;
    int places_given_ = 0;  ///< By jobs that gave way, for what may be short.
    int places_kept_ = 0;   ///< For what may be short and has waited.
    ClaimWaits waits_;
    bool nudged_ = true;
    std::optional<std::stop_source> running_;  ///< Of the items being worked; set while there are workers.
    std::jthread claimer_;
    std::vector<std::jthread> workers_;
};

}  // namespace notify
