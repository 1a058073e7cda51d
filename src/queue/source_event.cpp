#include "queue/source_event.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"

namespace notify {

Event SourceEvent(
    std::string_view type,
    const Source& source,
    Timestamp at,
    const boost::json::object& details,
    std::string dedup_key
) {
    boost::json::object data{{"source", source.id.Value()}, {"name", source.name}, {"kind", source.kind}};
    data.insert(details.begin(), details.end());
    return {
        .id = EventId(MakeId("msg")),
        .type = std::string(type),
        .subject = source.id.Value(),
        .dedup_key = std::move(dedup_key),
        .at = at,
        .data = ToJsonText(data)
    };
}

}  // namespace notify
