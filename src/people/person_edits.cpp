#include "people/person_edits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/people_state.hpp"
#include "domain/person.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/result_repository.hpp"
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

/// What of people is elsewhere than in what is said of them.
struct Traces {
    std::vector<TrackId> faces;
    std::int64_t items = 0;
};

Result<Traces> TracesOf(const Transaction& transaction, const std::vector<PersonId>& people) {
    auto faces = transaction.erasures.FacesOf(people);
    if (!faces) {
        return Unexpected(faces.error());
    }
    return transaction.erasures.CountItems(people).map([&](std::int64_t count) {
        return Traces{.faces = std::move(*faces), .items = count};
    });
}

Result<void> RemoveTraces(
    Transaction& transaction, const Traces& traces, const std::vector<std::string>& crops, Erasure erasure
) {
    for (const auto& crop : crops) {
        if (auto removed = transaction.results.RemoveArtifactRow(crop); !removed) {
            return removed;
        }
    }
    const auto emptied = transaction.erasures.EmptyFaces(traces.faces, erasure.id);
    if (!emptied) {
        return Unexpected(emptied.error());
    }
    erasure.photos = std::ssize(crops);
    erasure.faces = *emptied;
    erasure.items = traces.items;
    return transaction.erasures.Add(erasure);
}

/// The person with everybody who was merged into them, the one to whom the others belong last; alone whose
/// enrolment is undone. kNotFound.
Result<std::vector<PersonId>> GroupOf(
    const Transaction& transaction, const PeopleState& state, const PersonId& id
) {
    const auto* root = RootOf(state, id);
    if (root == nullptr) {
        return transaction.people_edits.HasEditsOf(id).and_then([&](bool has) {
            return has ? Result<std::vector<PersonId>>(std::vector{id})
                       : Fail(ErrorCode::kNotFound, fmt::format("there is no person {}", id.Value()));
        });
    }
    std::vector<PersonId> group;
    for (const auto& [each, person] : state.people) {
        if (person.root == root->id && each != root->id) {
            group.push_back(each);
        }
    }
    group.push_back(root->id);
    return group;
}

/// Of whoever is not there any more an erasure changes no state: it is in the log, and the name in no event.
Result<PeopleEdit> MakeErasure(
    Transaction& transaction, PeopleEdit edit, bool is_there, const NamesTold& names
) {
    const auto found = names.find(edit.person);
    const auto told = found == names.end() ? ToldUntil{} : found->second;
    if (is_there) {
        return MakeEdit(transaction, std::move(edit), told);
    }
    edit.id = EditId(MakeId("edt"));
    return transaction.people_edits.Begin()
        .and_then([&] { return transaction.events.ForgetName(edit.person, told); })
        .and_then([&](int) { return transaction.people_edits.Append(edit); })
        .map([&] { return std::move(edit); });
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

Result<void> CheckOne(const Snapshot& snapshot, const PersonId& one, const PersonId& other) {
    const auto together = one == other ? false : snapshot.people.AreSeenTogether(one, other);
    if (!together || !*together) {
        return together.map([](bool) {});
    }
    return Fail(
        ErrorCode::kConflict,
        fmt::format(
            "{} and {} are seen at the same time (GET /v1/appearances?person={}&with={}), as two people "
            "are: say whose those faces are first, or merge them anyway",
            one.Value(),
            other.Value(),
            one.Value(),
            other.Value()
        )
    );
}

Result<std::vector<TrackId>> AnchorsOfUnnamed(const Transaction& transaction, std::string_view id_or_name) {
    const auto person = transaction.people.Find(id_or_name);
    if (!person) {
        return Unexpected(person.error());
    }
    const auto id = person->id.Value();
    if (!person->name.empty()) {
        return Fail(
            ErrorCode::kConflict, fmt::format("person {} has a name: say which appearances it is about", id)
        );
    }
    auto anchors = transaction.people_edits.AnchorsSaidToBe(person->id);
    if (anchors && anchors->empty()) {
        return Fail(ErrorCode::kNotFound, fmt::format("no face is said to be of person {} any more", id));
    }
    if (anchors && anchors->size() > kMostOfOneEdit) {
        return Fail(
            ErrorCode::kTooLarge,
            fmt::format("person {} has more than {} faces: hide them instead", id, kMostOfOneEdit)
        );
    }
    return anchors;
}

Result<NamesTold> FindNamesTold(const Snapshot& snapshot, std::string_view id_or_name) {
    const auto person = snapshot.people.Find(id_or_name);
    if (!person && person.error().code != ErrorCode::kNotFound) {
        return Unexpected(person.error());
    }
    const PersonId root = person ? person->id : PersonId(std::string(id_or_name));
    const auto known = person ? Result<bool>(true) : snapshot.people_edits.HasEditsOf(root);
    if (!known || !*known) {
        return known.map([](bool) { return NamesTold(); });
    }
    const auto until = snapshot.events.LastSequence();
    if (!until) {
        return Unexpected(until.error());
    }
    auto group = snapshot.people.MergedInto(root);
    if (!group) {
        return Unexpected(group.error());
    }
    group->push_back(root);
    NamesTold names;
    for (const auto& each : *group) {
        auto events = snapshot.events.Naming(each, 0);
        if (!events) {
            return Unexpected(events.error());
        }
        names.emplace(each, ToldUntil{.until = *until, .events = *std::move(events)});
    }
    return names;
}

Result<PeopleEdit> ErasePerson(
    Transaction& transaction, const PersonId& id, std::string_view actor, Timestamp now, const NamesTold& told
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
    const auto group = GroupOf(transaction, *state, id);
    const auto traces = group ? TracesOf(transaction, *group) : Unexpected(group.error());
    if (!traces) {
        return Unexpected(traces.error());
    }
    const auto crops = transaction.people_edits.Forget(*group, now);
    if (!crops) {
        return Unexpected(crops.error());
    }
    Result<PeopleEdit> erased = edit;
    for (const auto& each : *group) {
        edit.person = each;
        erased = MakeErasure(transaction, edit, state->people.contains(each), told);
        if (!erased) {
            return erased;
        }
    }
    return RemoveTraces(
               transaction,
               *traces,
               *crops,
               {.id = erased->id, .at = now, .actor = std::string(actor), .people = *group}
    )
        .and_then([&] { return erased; });
}

}  // namespace notify
