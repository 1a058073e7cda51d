#include "people/label_news.hpp"

#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "storage/appearance_list.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<void> TellLabels(Transaction& transaction, const ItemId& item, std::string_view cause, Timestamp now) {
    const auto version = transaction.people.GalleryVersion();
    auto people = ConfirmedPeople(transaction.people, item);
    const auto known = transaction.items.Get(item);
    if (!version || !people) {
        return Unexpected(version ? people.error() : version.error());
    }
    if (!known) {
        return Unexpected(known.error());
    }
    const Event event{
        .id = EventId(MakeId("msg")),
        .type = "item.labels_changed",
        .subject = item.Value(),
        .dedup_key = fmt::format("{}:labels:{}:{}", item.Value(), *version, cause),
        .at = now,
        .data = ToJsonText(
            boost::json::object{
                {"item", item.Value()},
                {"bucket", known->bucket_id.Value()},
                {"gallery_version", *version},
                {"people", std::move(*people)}
            }
        )
    };
    return transaction.events.Append(event).and_then([&](bool) {
        return RequestPublications(transaction, item, now).map([](bool) {});
    });
}

}  // namespace notify
