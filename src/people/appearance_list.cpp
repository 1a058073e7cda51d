#include "people/appearance_list.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/result.hpp"
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

}  // namespace notify
