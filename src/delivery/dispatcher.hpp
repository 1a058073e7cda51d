#pragma once

// Takes ready deliveries from the outbox, has them sent, writes what came of them.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "delivery/outcome.hpp"
#include "delivery/publishing/publisher.hpp"
#include "delivery/webhooks/sender.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

struct DispatcherSettings {
    NodeId node;
    int senders = 128;  ///< At most; each is a thread that is started when the others are all busy.
    int per_endpoint =
        4;           ///< On their way to one endpoint; with more than one sender one is kept for others.
    int ahead = 32;  ///< Claimed for one endpoint, those on their way too.
    std::chrono::milliseconds lease = std::chrono::hours(1);   ///< Longer than all requests of one may take.
    std::chrono::milliseconds poll = std::chrono::seconds(1);  ///< How long a missed Nudge may matter.
};

/// One claiming thread and up to `senders` sending ones. Everything is borrowed and outlives it.
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
    /// Of one endpoint; of all publications together under the empty id.
    struct Lane {
        int waiting = 0;
        int busy = 0;
    };

    void Claim(const std::stop_token& stop);
    void Send(const std::stop_token& stop);

    /// Claims what fits; how long the claimer may sleep after it.
    [[nodiscard]] std::chrono::milliseconds ClaimOnce(int room, const std::stop_token& stop);
    [[nodiscard]] int Room();
    void GiveBackExpired(bool all);
    void Commit(const Delivery& delivery, const Outcome& outcome, const std::stop_token& stop);
    [[nodiscard]] int PerEndpoint() const;

    // with mutex_ held
    [[nodiscard]] std::deque<Delivery>::iterator Next();
    [[nodiscard]] Delivery TakeNext();
    void Done(const Delivery& delivery);
    void WakeASender(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    WebhookSender& webhooks_;
    ResultPublisher& publisher_;
    const DispatcherSettings settings_;

    std::mutex mutex_;
    std::condition_variable_any claimer_wakes_;
    std::condition_variable_any senders_wake_;
    std::deque<Delivery> waiting_;      ///< Claimed, not yet with a sender.
    std::map<EndpointId, Lane> lanes_;  ///< Of what is claimed.
    int busy_ = 0;
    int idle_ = 0;  ///< Senders that wait, or were woken a moment ago.
    bool nudged_ = false;
    std::stop_source stop_;
    std::jthread claimer_;
    std::vector<std::jthread> senders_;
};

}  // namespace notify
