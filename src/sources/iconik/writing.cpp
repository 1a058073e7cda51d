#include "sources/iconik/writing.hpp"

#include <string>
#include <utility>

#include <boost/json/object.hpp>

#include "core/json.hpp"

namespace notify::iconik {

std::string TimelineWritingText(const Writing& writing) {
    boost::json::object people;
    for (const auto& [ours, theirs] : writing.person_map) {
        people[ours] = theirs;
    }
    return ToJsonText(
        boost::json::object{
            {"segment_type", writing.segment_type},
            {"segment_track", writing.track},
            {"write_proposed", writing.proposed},
            {"person_map", std::move(people)},
            {"names_view", writing.names_view},
            {"names_field", writing.names_field},
            {"append_names", writing.append_names},
        }
    );
}

std::string StatusWritingText(const Writing& writing) {
    return ToJsonText(boost::json::object{{"status_field", writing.status_field}, {"jobs", writing.jobs}});
}

}  // namespace notify::iconik
