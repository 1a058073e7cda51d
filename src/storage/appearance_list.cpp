#include "storage/appearance_list.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<std::vector<Appearance>> AllAppearances(
    const PeopleRepository& people, const AppearanceFilter& filter
) {
    std::vector<Appearance> all;
    PageRequest request{.after = {}, .limit = 200};
    do {
        auto page = people.Appearances(filter, request);
        if (!page) {
            return Unexpected(page.error());
        }
        std::ranges::move(page->rows, std::back_inserter(all));
        request.after = page->next;
    } while (!request.after.empty());
    return all;
}

Result<boost::json::array> ConfirmedPeople(const PeopleRepository& people, const ItemId& item) {
    return AllAppearances(people, {.item_id = item, .person_id = {}, .named = true})
        .map([](const std::vector<Appearance>& appearances) {
            std::map<PersonId, std::string> names;
            for (const auto& each : appearances) {
                if (each.certainty == Certainty::kConfirmed) {
                    names[each.person_id] = each.person_name;
                }
            }
            boost::json::array confirmed;
            for (const auto& [person, name] : names) {
                confirmed.push_back(boost::json::object{{"person", person.Value()}, {"name", name}});
            }
            return confirmed;
        });
}

}  // namespace notify
