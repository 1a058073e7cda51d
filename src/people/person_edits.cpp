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
#include "domain/erasure.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/people_state.hpp"
#include "domain/person.hpp"
#include "storage/erasure_repository.hpp"
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
    std::vector<EnrolmentPhoto> photos;
    std::vector<TrackId> faces;
    std::int64_t items = 0;
};

Result<Traces> TracesOf(const Transaction& transaction, const std::vector<PersonId>& people) {
    auto photos = transaction.people.PhotosOf(people.back());
    auto faces = transaction.erasures.FacesOf(people);
    const auto items = transaction.erasures.CountItems(people);
    if (!photos || !faces) {
        return Unexpected(photos ? faces.error() : photos.error());
    }
    return items.map([&](std::int64_t count) {
        return Traces{.photos = std::move(*photos), .faces = std::move(*faces), .items = count};
    });
}

Result<void> RemoveTraces(Transaction& transaction, const Traces& traces, Erasure erasure) {
    for (const auto& photo : traces.photos) {
        if (auto removed = transaction.results.RemoveArtifactRow(photo.crop_sha256); !removed) {
            return removed;
        }
    }
    const auto emptied = transaction.erasures.EmptyFaces(traces.faces, erasure.id);
    if (!emptied) {
        return Unexpected(emptied.error());
    }
    erasure.photos = std::ssize(traces.photos);
    erasure.faces = *emptied;
    erasure.items = traces.items;
    return transaction.erasures.Add(erasure);
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
    const auto traces = TracesOf(transaction, group);
    if (!traces) {
        return Unexpected(traces.error());
    }
    Result<PeopleEdit> erased = edit;
    if (const auto forgotten = transaction.people_edits.Forget(group, now); !forgotten) {
        return Unexpected(forgotten.error());
    }
    for (const auto& each : group) {
        edit.person = each;
        erased = MakeEdit(transaction, edit);
        if (!erased) {
            return erased;
        }
    }
    return RemoveTraces(
               transaction,
               *traces,
               {.id = erased->id, .at = now, .actor = std::string(actor), .people = group}
    )
        .and_then([&] { return erased; });
}

}  // namespace notify
