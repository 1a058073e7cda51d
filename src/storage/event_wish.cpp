#include "storage/event_wish.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"

namespace notify {

namespace {

bool LacksSource(const EventFacts& facts) {
    return facts.source.empty() && !facts.bucket.empty();
}

}  // namespace

bool EventWish::Wants(const Event& event, const EventFacts& facts) const {
    return WantsType(types, event.type) && IsAbout(facts, only);
}

Result<std::vector<EventFacts>> FactsOfAll(
    const BucketRepository& buckets, const std::vector<Event>& events
) {
    std::vector<EventFacts> all;
    all.reserve(events.size());
    for (const auto& event : events) {
        all.push_back(FactsOf(event));
    }
    if (std::ranges::none_of(all, LacksSource)) {
        return all;
    }
    return buckets.List().map([&](const std::vector<Bucket>& rows) {
        std::map<std::string, std::string> sources;
        for (const auto& bucket : rows) {
            sources[bucket.id.Value()] = bucket.source_id.Value();
        }
        for (auto& facts : all) {
            const auto found = LacksSource(facts) ? sources.find(facts.bucket) : sources.end();
            facts.source = found == sources.end() ? facts.source : found->second;
        }
        return std::move(all);
    });
}

}  // namespace notify
