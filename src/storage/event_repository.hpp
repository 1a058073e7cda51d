#pragma once

// Events: written with what they tell, read in order.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"

namespace notify {

/// The events up to `until` that name somebody, found beforehand because that takes long (Naming).
struct ToldUntil {
    std::int64_t until = 0;
    std::vector<std::int64_t> events;
};

class EventRepository {
public:
    EventRepository() = default;
    EventRepository(const EventRepository&) = delete;
    EventRepository& operator=(const EventRepository&) = delete;
    virtual ~EventRepository() = default;

    /// Writes the event and, in the same transaction, one Pending delivery for each active endpoint that
    /// wants its type: the outbox. `event.sequence` is ignored. False when its dedup_key is there already:
    /// nothing was written. An endpoint.test makes no delivery: whoever appends it adds the one it is for.
    virtual Result<bool> Append(const Event& event) = 0;

    /// As Append, in this order.
    virtual Result<void> AppendAll(const std::vector<Event>& events) = 0;

    [[nodiscard]] virtual Result<Event> Get(const EventId& id) const = 0;

    /// Events after `sequence`, oldest first, at most `limit`; of one subject when it is not empty.
    [[nodiscard]] virtual Result<std::vector<Event>> After(
        std::int64_t sequence, int limit, std::string_view subject
    ) const = 0;

    /// Those after `sequence` that name the person or may do so. Goes through all of these.
    [[nodiscard]] virtual Result<std::vector<std::int64_t>> Naming(
        const PersonId& person, std::int64_t sequence
    ) const = 0;

    /// Takes the person's name out of what past events of items tell; the id stays. How many events. What
    /// `told` does not say is looked for here.
    virtual Result<int> ForgetName(const PersonId& person, const ToldUntil& told) = 0;

    /// Removes at most `limit` events from before `before`, of those whose deliveries have all ended the
    /// oldest; how many.
    virtual Result<int> RemoveOld(Timestamp before, int limit) = 0;

    /// How many calls of RemoveOld would remove, in the end.
    [[nodiscard]] virtual Result<std::int64_t> CountOld(Timestamp before) const = 0;

    /// The highest sequence, 0 when there is none.
    [[nodiscard]] virtual Result<std::int64_t> LastSequence() const = 0;

    /// The highest sequence that RemoveOld has removed, 0 when none was: who has seen all up to a lower one
    /// has missed something.
    [[nodiscard]] virtual Result<std::int64_t> LastRemoved() const = 0;
};

/// What an event is about, as far as its data says.
struct EventFacts {
    std::string source;
    std::string bucket;
    std::vector<std::string> processors;
    std::vector<std::string> people;
};

[[nodiscard]] EventFacts FactsOf(const Event& event);

/// True when an event of which `facts` hold is about what `only` asks for.
[[nodiscard]] bool IsAbout(const EventFacts& facts, const EventOrigins& only);

/// True when an endpoint with `types` wants `type`: empty wants all, "item.*" a prefix.
[[nodiscard]] bool WantsType(const std::vector<std::string>& types, std::string_view type);

}  // namespace notify
