#include "sources/iconik/unmapped_people.hpp"

#include <cstddef>
#include <mutex>
#include <vector>

#include "core/log.hpp"
#include "sources/iconik/segments.hpp"

namespace notify::iconik {

namespace {

constexpr std::size_t kMostTold = 10'000;

}  // namespace

void UnmappedPeople::Note(const std::vector<Segment>& wanted) {
    const std::scoped_lock lock(mutex_);
    for (const auto& segment : wanted) {
        if (segment.unmapped.empty() || told_.size() == kMostTold || !told_.insert(segment.unmapped).second) {
            continue;
        }
        Log(LogLevel::kWarn,
            "a person is not in the source's person_map; the segments are GENERIC",
            {{"person", segment.unmapped}});
    }
}

}  // namespace notify::iconik
