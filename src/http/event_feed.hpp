#pragma once

// The end of the event table, read once for all who listen to it.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/message.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Looks four times a second, while somebody listens, for what is new, whether the listeners' keys are still
/// good, and which buckets they may know of now. Its thread is started with the first listener. The storage
/// and the clock outlive it; it lives as long as the streams that it gave. Thread-safe.
class EventFeed final : public std::enable_shared_from_this<EventFeed> {
public:
    using Wants = std::function<bool(const Event&, const EventFacts&)>;

    /// Where a stream begins.
    struct Place {
        std::int64_t after = 0;
        std::int64_t last = 0;
    };

    EventFeed(Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

    ~EventFeed();
    EventFeed(const EventFeed&) = delete;
    EventFeed& operator=(const EventFeed&) = delete;

    /// The events after `place.after` that `wants` holds for and the caller may know of, each once and in
    /// order, for as long as the key is good; `greeting`, already framed, before them. `place.last` is the
    /// table's highest sequence now, or was a moment ago.
    [[nodiscard]] EventStream Listen(
        const Caller& caller, const Place& place, Wants wants, std::string greeting = {}
    );

private:
    /// One event, with what a client gets of it.
    struct Told {
        Event event;
        EventFacts facts;
        std::string frame;
        std::chrono::steady_clock::time_point seen_at;
    };

    /// Of a key that somebody listens with.
    struct KeyState {
        int listeners = 0;
        std::atomic<bool> ended = false;
        std::optional<std::set<BucketId>> buckets;  ///< All that it may know of; nothing: it is not limited.
    };

    class Listener;

    void Loop(const std::stop_token& stop);
    /// False when there is more than one look takes.
    bool Look();
    void Leave(const KeyId& key);

    // with mutex_ held
    void Forget(std::chrono::steady_clock::time_point before);

    Storage& storage_;
    const Clock& clock_;
    std::mutex mutex_;
    std::condition_variable_any listened_to_;
    std::map<KeyId, std::shared_ptr<KeyState>> keys_;
    std::deque<std::shared_ptr<const Told>>
        recent_;  ///< Everything after begin_ up to end_, of the last seconds.
    std::int64_t begin_ = 0;
    std::atomic<std::int64_t> end_ = 0;
    std::jthread thread_;
};

}  // namespace notify
