#include "delivery/publishing/timeline.hpp"

#include <string>
#include <utility>

#include <boost/json.hpp>

#include "core/json.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/publishing/facts.hpp"
#include "domain/person.hpp"

namespace notify {

std::string RenderTimeline(const PublishedFacts& facts) {
    boost::json::array appearances;
    for (const auto& seen : facts.appearances) {
        appearances.push_back(
            boost::json::object{
                {"person", seen.person_id.Value()},
                {"name", ValidUtf8(seen.person_name)},
                {"certainty", ToString(seen.certainty)},
                {"similarity", seen.similarity},
                {"start_ms", seen.start_ms},
                {"end_ms", seen.end_ms},
            }
        );
    }
    return ToJsonText(boost::json::object{{"looked", facts.looked}, {"appearances", std::move(appearances)}});
}

}  // namespace notify
