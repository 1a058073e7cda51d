#pragma once

// Takes ready deliveries from the outbox, has them sent, writes what came of them.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "delivery/outcome.hpp"
#include "delivery/publishing/publisher.hpp"
#include "delivery/webhooks/sender.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

struct DispatcherSettings {
    NodeId node;
    int senders = 4;
    int per_endpoint = 4;  ///< In flight for one endpoint; with more than one sender one is kept for others.
    std::chrono::milliseconds lease = std::chrono::hours(1);   ///< Longer than all requests of one may take.
    std::chrono::milliseconds poll = std::chrono::seconds(1);  ///< How long a missed Nudge may matter.
};

/// One claiming thread and `senders` sending ones. Everything is borrowed and outlives it.
class Dispatcher final {
public:
    Dispatcher(
        Storage& storage,
        const Clock& clock,
        WebhookSender& webhooks,
        ResultPublisher& publisher,
        DispatcherSettings settings
    );
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// On a single node first gives back what an earlier run still held. Does nothing when running.
    void Start();

    /// Ends running transfers, gives their deliveries back without burning a try, joins all threads. Does
    /// nothing when not running. Start and Stop are called from one thread.
    void Stop();

    /// Says that there may be something ready: call it after a commit that wrote events. Never blocks for
    /// long. Thread-safe.
    void Nudge();

private:
    void Claim(const std::stop_token& stop);
    void Send(const std::stop_token& stop);

    /// Claims what fits; how long the claimer may sleep after it.
    [[nodiscard]] std::chrono::milliseconds ClaimOnce(int room);
    [[nodiscard]] int Room();
    void GiveBackExpired(bool all);
    void Commit(const Delivery& delivery, const Outcome& outcome, const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    WebhookSender& webhooks_;
    ResultPublisher& publisher_;
    const DispatcherSettings settings_;

    std::mutex mutex_;
    std::condition_variable_any claimer_wakes_;
    std::condition_variable_any senders_wake_;
    std::deque<Delivery> waiting_;  ///< Claimed, not yet with a sender.
    int busy_ = 0;
    bool nudged_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace notify
