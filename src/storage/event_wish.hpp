#pragma once

// Which of the events that there are somebody wants, without asking the database for each.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/event.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"

namespace notify {

struct EventWish {
    std::vector<std::string> types;  ///< Empty: all.
    EventOrigins only;

    [[nodiscard]] bool Wants(const Event& event, const EventFacts& facts) const;
};

/// What each of the events is about, in their order: as FactsOf, with the source that its bucket has now
/// where it names none.
[[nodiscard]] Result<std::vector<EventFacts>> FactsOfAll(
    const BucketRepository& buckets, const std::vector<Event>& events
);

}  // namespace notify
