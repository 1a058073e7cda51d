#include "people/person_edits.hpp"

#include <functional>
#include <set>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/label_news.hpp"
#include "storage/appearance_list.hpp"
#include "storage/event_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<std::set<ItemId>> ItemsWith(const Transaction& transaction, const PersonId& id) {
    return AllAppearances(transaction.people, {.item_id = {}, .person_id = id})
        .map([](const std::vector<Appearance>& appearances) {
            std::set<ItemId> items;
            for (const auto& each : appearances) {
                items.insert(each.item_id);
            }
            return items;
        });
}

/// Makes the change, then tells it for every item in which the person was seen before it.
Result<void> ChangeAndTell(
    Transaction& transaction,
    const PersonId& id,
    std::string_view cause,
    Timestamp now,
    const std::function<Result<void>()>& change
) {
    const auto items = ItemsWith(transaction, id);
    if (!items) {
        return Unexpected(items.error());
    }
    if (auto changed = change(); !changed) {
        return changed;
    }
    for (const auto& item : *items) {
        if (auto told = TellLabels(transaction, item, cause, now); !told) {
            return told;
        }
    }
    return {};
}

}  // namespace

Result<void> RenamePerson(
    Transaction& transaction, const PersonId& id, std::string_view name, Timestamp now
) {
    return ChangeAndTell(transaction, id, "renamed", now, [&] {
        return transaction.people.RenamePerson(id, name);
    });
}

Result<void> RemovePerson(Transaction& transaction, const PersonId& id, Timestamp now) {
    return ChangeAndTell(transaction, id, "removed", now, [&] {
        return transaction.people.RemovePerson(id).and_then(
                                                      [&] { return transaction.events.ForgetName(id); }
        ).map([](int) {});
    });
}

}  // namespace notify
