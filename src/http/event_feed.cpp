#include "http/event_feed.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "http/described.hpp"
#include "http/keys.hpp"
#include "http/message.hpp"
#include "http/views_events.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kLookEvery{250};
constexpr int kMostOfALook = 500;      // events
constexpr std::size_t kRecent = 2000;  // events; who lags behind them reads the table
constexpr int kMostOfAPiece = 100;     // events of one piece of a stream
constexpr int kMostPieces = 20;        // that are read for one of which something is wanted

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
    std::vector<KeyId> ended;
};

}  // namespace

/// One stream's place. Used by one thread at a time.
class EventFeed::Listener {
public:
    Listener(
        std::shared_ptr<EventFeed> feed,
        KeyId key,
        std::shared_ptr<KeyState> state,
        std::int64_t after,
        Wants wants
    )
        : feed_(std::move(feed)),
          key_(std::move(key)),
          state_(std::move(state)),
          after_(after),
          wants_(std::move(wants)) {}

    ~Listener() { feed_->Leave(key_); }

    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] bool HasNews() const { return state_->ended || feed_->end_ > after_; }

    Result<std::optional<std::string>> AtHand() {
        if (state_->ended) {
            return Fail(ErrorCode::kUnauthenticated, "the key ended");
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
            if (wants_((*next)->event)) {
                text += (*next)->frame;
                ++taken;
            }
        }
        return std::optional(std::move(text));
    }

    Result<std::string> Next() {
        std::string text;
        for (int pieces = 0; text.empty() && pieces < kMostPieces; ++pieces) {
            const auto events = feed_->storage_.Read([&](const Snapshot& snapshot) {
                return snapshot.events.After(after_, kMostOfAPiece, {});
            });
            if (!events || events->empty()) {
                return events.map([&](const auto&) { return text; });
            }
            for (const auto& event : *events) {
                after_ = event.sequence;
                text += wants_(event) ? FrameOf(event) : std::string();
            }
        }
        return text;
    }

private:
    std::shared_ptr<EventFeed> feed_;
    KeyId key_;
    std::shared_ptr<KeyState> state_;
    std::int64_t after_;
    Wants wants_;
};

EventFeed::~EventFeed() {
    thread_.request_stop();
}

EventStream EventFeed::Listen(const KeyId& key, std::int64_t after, std::int64_t last, Wants wants) {
    std::shared_ptr<KeyState> state;
    {
        const std::scoped_lock lock(mutex_);
        auto& known = keys_[key];
        known = known ? known : std::make_shared<KeyState>();
        ++known->listeners;
        state = known;
        if (!thread_.joinable()) {
            begin_ = end_ = last;
            thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
        }
        listened_to_.notify_one();
    }
    const auto listener =
        std::make_shared<Listener>(shared_from_this(), key, std::move(state), after, std::move(wants));
    return {
        .next = [listener] { return listener->Next(); },
        .at_hand = [listener] { return listener->AtHand(); },
        .has_news = [listener] { return listener->HasNews(); }
    };
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
    const auto seen = storage_.Read([&](const Snapshot& snapshot) -> Result<Seen> {
        Seen found;
        for (const auto& key : keys) {
            const auto known = snapshot.keys.FindById(key);
            if (!known) {
                return Unexpected(known.error());
            }
            if (!IsValid(*known, clock_.Now())) {
                found.ended.push_back(key);
            }
        }
        return snapshot.events.After(end_, kMostOfALook, {}).map([&](std::vector<Event> events) {
            found.events = std::move(events);
            return found;
        });
    });
    if (!seen) {
        return true;
    }
    std::vector<std::shared_ptr<const Told>> told;
    for (const auto& event : seen->events) {
        told.push_back(std::make_shared<const Told>(Told{.event = event, .frame = FrameOf(event)}));
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& key : seen->ended) {
        if (const auto known = keys_.find(key); known != keys_.end()) {
            known->second->ended = true;
        }
    }
    recent_.insert(recent_.end(), told.begin(), told.end());
    while (recent_.size() > kRecent) {
        begin_ = recent_.front()->event.sequence;
        recent_.pop_front();
    }
    if (!recent_.empty()) {
        end_ = recent_.back()->event.sequence;
    }
    return std::cmp_less(seen->events.size(), kMostOfALook);
}

}  // namespace notify
