#include "storage/event_wish.hpp"

#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"

namespace notify {

bool EventWish::Wants(const Event& event) const {
    if (!WantsType(types, event.type)) {
        return false;
    }
    if (only == EventOrigins()) {
        return true;
    }
    auto facts = FactsOf(event);
    if (const auto of_bucket = sources.find(facts.bucket); of_bucket != sources.end()) {
        facts.source = of_bucket->second;
    }
    return IsAbout(facts, only);
}

Result<EventWish> MakeEventWish(
    const BucketRepository& buckets, std::vector<std::string> types, EventOrigins only
) {
    EventWish wish{.types = std::move(types), .only = std::move(only), .sources = {}};
    if (wish.only.sources.empty()) {
        return wish;
    }
    return buckets.List().map([&](const std::vector<Bucket>& rows) {
        for (const auto& bucket : rows) {
            wish.sources[bucket.id.Value()] = bucket.source_id.Value();
        }
        return std::move(wish);
    });
}

}  // namespace notify
