#include "http/event_feed.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/described.hpp"
#include "http/keys.hpp"
#include "http/message.hpp"
#include "http/reach.hpp"
#include "http/views_events.hpp"
#include "storage/event_repository.hpp"
#include "storage/event_wish.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr int kMostOfALook = 500;          // events
constexpr std::size_t kRecent = 2000;      // events; who lags behind them reads the table
constexpr std::chrono::seconds kKept{10};  // so long: what is erased from the table is soon gone here too
constexpr int kMostOfAPiece = 100;         // events of one piece of a stream
constexpr int kMostPieces = 20;            // that are read for one of which something is wanted

std::string FrameOf(const Event& event) {
    return fmt::format(
        "id: {}\nevent: {}\ndata: {}\n\n",
        event.sequence,
        event.type,
        ToJsonText(described::ToJson(view::Show(event)))
    );
}

/// What one look at the database saw.
struct Seen {
    std::vector<Event> events;
    std::vector<EventFacts> facts;
    std::vector<KeyId> ended;
    std::map<KeyId, std::optional<std::set<BucketId>>> buckets;  ///< Of the others.
};

/// What a listener with the key may know of.
bool Reaches(const std::optional<std::set<BucketId>>& buckets, const EventFacts& facts) {
    return !buckets || buckets->contains(BucketId(facts.bucket));
}

Result<std::vector<Event>> EventsAfter(
    const Snapshot& snapshot, std::int64_t after, int limit, std::vector<EventFacts>& facts
) {
    auto events = snapshot.events.After(after, limit, {});
    auto all = events ? FactsOfAll(snapshot.buckets, *events) : Unexpected(events.error());
    if (!all) {
        return Unexpected(all.error());
    }
    facts = std::move(*all);
    return events;
}

/// How the keys stand; no events yet.
Result<Seen> SeenOf(const Snapshot& snapshot, const std::vector<KeyId>& keys, Timestamp now) {
    Seen found;
    for (const auto& key : keys) {
        const auto known = snapshot.keys.FindById(key);
        if (!known) {
            return Unexpected(known.error());
        }
        if (!IsValid(*known, now)) {
            found.ended.push_back(key);
            continue;
        }
        auto buckets = BucketsOf(snapshot, **known);
        if (!buckets) {
            return Unexpected(buckets.error());
        }
        found.buckets[key] = std::move(*buckets);
    }
    return found;
}

}  // namespace

/// One stream's place. Used by one thread at a time.
class EventFeed::Listener {
public:
    struct Start {
        std::int64_t after;
        Wants wants;
        std::string greeting;
    };

    Listener(std::shared_ptr<EventFeed> feed, KeyId key, std::shared_ptr<KeyState> state, Start start)
        : feed_(std::move(feed)),
          key_(std::move(key)),
          state_(std::move(state)),
          after_(start.after),
          wants_(std::move(start.wants)),
          greeting_(std::move(start.greeting)) {}

    ~Listener() { feed_->Leave(key_); }

    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] bool HasNews() const { return state_->ended || feed_->end_ > after_ || !greeting_.empty(); }

    Result<std::optional<std::string>> AtHand() {
        if (state_->ended) {
            return Fail(ErrorCode::kUnauthenticated, "the key ended");
        }
        if (!greeting_.empty()) {
            return std::optional(std::exchange(greeting_, {}));
        }
        const std::scoped_lock lock(feed_->mutex_);
        if (after_ < feed_->begin_) {
            return std::optional<std::string>();
        }
        std::string text;
        auto next = std::ranges::upper_bound(feed_->recent_, after_, {}, [](const auto& told) {
            return told->event.sequence;
        });
        for (int taken = 0; next != feed_->recent_.end() && taken < kMostOfAPiece; ++next) {
            after_ = (*next)->event.sequence;
            if (Wanted((*next)->event, (*next)->facts, state_->buckets)) {
                text += (*next)->frame;
                ++taken;
            }
        }
        return std::optional(std::move(text));
    }

    Result<std::string> Next() {
        auto text = std::exchange(greeting_, {});
        for (int pieces = 0; text.empty() && pieces < kMostPieces; ++pieces) {
            std::vector<EventFacts> facts;
            const auto events = feed_->storage_.Read([&](const Snapshot& snapshot) {
                return EventsAfter(snapshot, after_, kMostOfAPiece, facts);
            });
            if (!events || events->empty()) {
                return events.map([&](const auto&) { return text; });
            }
            const auto buckets = Buckets();
            for (std::size_t i = 0; i < events->size(); ++i) {
                const auto& event = (*events)[i];
                after_ = event.sequence;
                text += Wanted(event, facts[i], buckets) ? FrameOf(event) : std::string();
            }
        }
        return text;
    }

private:
    [[nodiscard]] std::optional<std::set<BucketId>> Buckets() const {
        const std::scoped_lock lock(feed_->mutex_);
        return state_->buckets;
    }

    [[nodiscard]] bool Wanted(
        const Event& event, const EventFacts& facts, const std::optional<std::set<BucketId>>& buckets
    ) const {
        return Reaches(buckets, facts) && wants_(event, facts);
    }

    std::shared_ptr<EventFeed> feed_;
    KeyId key_;
    std::shared_ptr<KeyState> state_;
    std::int64_t after_;
    Wants wants_;
    std::string greeting_;
};

EventFeed::~EventFeed() {
    thread_.request_stop();
}

EventStream EventFeed::Listen(const Caller& caller, const Place& place, Wants wants, std::string greeting) {
    const KeyId key(caller.actor);
    std::shared_ptr<KeyState> state;
    {
        const std::scoped_lock lock(mutex_);
        Forget(std::chrono::steady_clock::now() - kKept);
        auto& known = keys_[key];
        known = known ? known : std::make_shared<KeyState>();
        ++known->listeners;
        known->buckets = caller.buckets;
        state = known;
        if (!thread_.joinable()) {
            begin_ = end_ = place.last;
            thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
        }
        listened_to_.notify_one();
    }
    const auto listener = std::make_shared<Listener>(
        shared_from_this(),
        key,
        std::move(state),
        Listener::Start{.after = place.after, .wants = std::move(wants), .greeting = std::move(greeting)}
    );
    return {
        .next = [listener] { return listener->Next(); },
        .at_hand = [listener] { return listener->AtHand(); },
        .has_news = [listener] { return listener->HasNews(); }
    };
}

void EventFeed::Forget(std::chrono::steady_clock::time_point before) {
    while (!recent_.empty() && (recent_.size() > kRecent || recent_.front()->seen_at < before)) {
        begin_ = recent_.front()->event.sequence;
        recent_.pop_front();
    }
}

void EventFeed::Leave(const KeyId& key) {
    const std::scoped_lock lock(mutex_);
    const auto known = keys_.find(key);
    if (--known->second->listeners == 0) {
        keys_.erase(known);
    }
}

void EventFeed::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const bool all = Look();
        std::unique_lock lock(mutex_);
        if (!all) {
            continue;
        }
        listened_to_.wait_for(lock, stop, kLookEvery, [] { return false; });
        listened_to_.wait(lock, stop, [this] { return !keys_.empty(); });
    }
}

/// When the database does not answer there is nothing new, and keys stay good.
bool EventFeed::Look() {
    std::vector<KeyId> keys;
    {
        const std::scoped_lock lock(mutex_);
        for (const auto& [key, state] : keys_) {
            keys.push_back(key);
        }
    }
    const auto seen = storage_.Read([&](const Snapshot& snapshot) {
        return SeenOf(snapshot, keys, clock_.Now()).and_then([&](Seen found) {
            return EventsAfter(snapshot, end_, kMostOfALook, found.facts).map([&](std::vector<Event> events) {
                found.events = std::move(events);
                return std::move(found);
            });
        });
    });
    if (!seen) {
        return true;
    }
    std::vector<std::shared_ptr<const Told>> told;
    const auto now = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < seen->events.size(); ++i) {
        const auto& event = seen->events[i];
        told.push_back(
            std::make_shared<const Told>(
                Told{.event = event, .facts = seen->facts[i], .frame = FrameOf(event), .seen_at = now}
            )
        );
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& key : seen->ended) {
        if (const auto known = keys_.find(key); known != keys_.end()) {
            known->second->ended = true;
        }
    }
    for (const auto& [key, buckets] : seen->buckets) {
        if (const auto known = keys_.find(key); known != keys_.end()) {
            known->second->buckets = buckets;
        }
    }
    recent_.insert(recent_.end(), told.begin(), told.end());
    if (!told.empty()) {
        end_ = told.back()->event.sequence;
    }
    Forget(now - kKept);
    return std::cmp_less(seen->events.size(), kMostOfALook);
}

}  // namespace notify
