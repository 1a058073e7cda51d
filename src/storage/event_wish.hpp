#pragma once

// Which of the events that there are somebody wants, without asking the database for each.

#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/event.hpp"
#include "storage/bucket_repository.hpp"

namespace notify {

struct EventWish {
    std::vector<std::string> types;
    EventOrigins only;
    std::map<std::string, std::string, std::less<>> sources;  ///< By bucket, when sources are asked for.

    [[nodiscard]] bool Wants(const Event& event) const;
};

/// With the sources that buckets have now: events of items name their bucket alone.
[[nodiscard]] Result<EventWish> MakeEventWish(
    const BucketRepository& buckets, std::vector<std::string> types, EventOrigins only
);

}  // namespace notify
