#include "people/person_edits.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/people_state.hpp"
#include "storage/event_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kLongestName = 200;

/// Of UTF-8.
std::size_t CharactersIn(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    }));
}

}  // namespace

Result<std::string> CheckedName(std::string_view name) {
    const auto first = name.find_first_not_of(" \t\r\n");
    const auto last = name.find_last_not_of(" \t\r\n");
    const auto trimmed =
        first == std::string_view::npos ? name.substr(0, 0) : name.substr(first, last - first + 1);
    if (trimmed.empty() || CharactersIn(trimmed) > kLongestName) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("a person's name has 1 to {} characters", kLongestName)
        );
    }
    return std::string(trimmed);
}

Result<PeopleEdit> ErasePerson(
    Transaction& transaction, const PersonId& id, std::string_view actor, Timestamp now
) {
    PeopleEdit edit;
    edit.at = now;
    edit.actor = actor;
    edit.kind = EditKind::kErase;
    edit.person = id;
    const auto state = transaction.people_edits.StateFor({edit});
    if (!state) {
        return Unexpected(state.error());
    }
    const auto* root = RootOf(*state, id);
    if (root == nullptr) {
        return Fail(ErrorCode::kNotFound, fmt::format("there is no person {}", id.Value()));
    }
    std::vector<PersonId> group;
    for (const auto& [each, person] : state->people) {
        if (person.root == root->id && each != root->id) {
            group.push_back(each);
        }
    }
    group.push_back(root->id);  // the last: the others belong to it
    Result<PeopleEdit> erased = edit;
    if (const auto forgotten = transaction.people_edits.Forget(group, now); !forgotten) {
        return Unexpected(forgotten.error());
    }
    for (const auto& each : group) {
        edit.person = each;
        erased =
            transaction.events.ForgetName(each).and_then([&](int) { return MakeEdit(transaction, edit); });
        if (!erased) {
            return erased;
        }
    }
    return erased;
}

}  // namespace notify
