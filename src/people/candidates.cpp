#include "people/candidates.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "people/calibration.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"

namespace notify {

std::vector<PersonCandidate> CandidatesFor(
    std::span<const WeighedEmbedding> shots,
    const Gallery& gallery,
    std::size_t count,
    const std::set<PersonId>& not_these
) {
    const auto known = gallery.Comparable();
    std::vector<PersonCandidate> candidates;
    for (const auto& person : gallery.people) {
        if (person.photos.empty() || person.name.empty() || not_these.contains(person.id)) {
            continue;
        }
        const double distance = DistanceTo(person, shots);
        candidates.push_back(
            {.person = person.id,
             .name = person.name,
             .distance = distance,
             .probability = ProbabilityOf(distance, known)}
        );
    }
    std::ranges::sort(candidates, {}, [](const PersonCandidate& each) {
        return std::pair(each.distance, each.person);
    });
    candidates.resize(std::min(count, candidates.size()));
    return candidates;
}

}  // namespace notify
