#include "people/label_news.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/appearance_list.hpp"
#include "storage/event_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Each confirmed person once.
Result<boost::json::array> ConfirmedIn(const Transaction& transaction, const ItemId& item) {
    return AllAppearances(
               transaction.people, {.item_id = item, .person_id = {}}
    ).map([](const std::vector<Appearance>& appearances) {
        std::map<PersonId, std::string> names;
        for (const auto& each : appearances) {
            if (each.certainty == Certainty::kConfirmed) {
                names[each.person_id] = each.person_name;
            }
        }
        boost::json::array people;
        for (const auto& [person, name] : names) {
            people.push_back(boost::json::object{{"person", person.Value()}, {"name", name}});
        }
        return people;
    });
}

}  // namespace

Result<void> TellLabels(Transaction& transaction, const ItemId& item, std::string_view cause, Timestamp now) {
    const auto version = transaction.people.GalleryVersion();
    auto people = ConfirmedIn(transaction, item);
    if (!version || !people) {
        return Unexpected(version ? people.error() : version.error());
    }
    const Event event{
        .id = EventId(MakeId("msg")),
        .type = "item.labels_changed",
        .subject = item.Value(),
        .dedup_key = fmt::format("{}:labels:{}:{}", item.Value(), *version, cause),
        .at = now,
        .data = ToJsonText(
            boost::json::object{
                {"item", item.Value()}, {"gallery_version", *version}, {"people", std::move(*people)}
            }
        )
    };
    return transaction.events.Append(event).and_then([&](bool) {
        return RequestPublication(transaction, item, now);
    });
}

}  // namespace notify
