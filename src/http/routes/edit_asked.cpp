#include "http/routes/edit_asked.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/named.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "http/message.hpp"
#include "http/routes/person_tag.hpp"
#include "http/views_people.hpp"
#include "people/person_edits.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

template <class Id>
std::vector<Id> Ids(const std::optional<std::vector<std::string>>& texts) {
    std::vector<Id> ids;
    for (const auto& text : texts.value_or(std::vector<std::string>{})) {
        ids.emplace_back(text);
    }
    return ids;
}

/// What an edit of a kind is asked with.
struct Asked {
    bool person = true;
    bool other = false;
    bool name = false;
    bool faces = false;   ///< Tracks or appearances.
    bool photos = false;  ///< They too.
};

/// Nothing for what is asked for in another way, and for what is the service's own.
std::optional<Asked> AskedWith(EditKind kind) {
    switch (kind) {
        case EditKind::kRename:
            return Asked{.name = true};
        case EditKind::kConfirm:
        case EditKind::kReject:
            return Asked{.faces = true};
        case EditKind::kUnknown:
            return Asked{.person = false, .faces = true};
        case EditKind::kMerge:
            return Asked{.other = true};
        case EditKind::kSplit:
            return Asked{.faces = true, .photos = true};
        case EditKind::kMove:
            return Asked{.other = true, .faces = true, .photos = true};
        case EditKind::kHide:
        case EditKind::kShow:
        case EditKind::kConsent:
            return Asked{};
        case EditKind::kEnrol:
        case EditKind::kFound:
        case EditKind::kJoined:
        case EditKind::kRemovePhoto:
        case EditKind::kUndo:
        case EditKind::kErase:
            return std::nullopt;
    }
    return std::nullopt;
}

Unexpected Missing(std::string_view member, const view::NewEdit& wanted) {
    return Fail(
        ErrorCode::kInvalidArgument, fmt::format("an edit of kind {} needs {}", wanted.kind.text, member)
    );
}

/// "Unknown", of all faces of somebody without a name.
bool IsOfSomebody(const view::NewEdit& wanted, const PeopleEdit& edit) {
    return edit.kind == EditKind::kUnknown && wanted.person && !wanted.tracks && !wanted.appearances;
}

/// Photos that are taken from a person are that person's.
Result<void> CheckPhotos(const Transaction& transaction, const PeopleEdit& edit) {
    if (edit.photos.empty()) {
        return {};
    }
    const auto photos = transaction.people.PhotosOf(edit.other);
    if (!photos) {
        return Unexpected(photos.error());
    }
    for (const auto& id : edit.photos) {
        const bool is_theirs =
            std::ranges::any_of(*photos, [&](const EnrolmentPhoto& photo) { return photo.id == id; });
        if (!is_theirs) {
            return Fail(
                ErrorCode::kNotFound, fmt::format("person {} has no photo {}", edit.other.Value(), id.Value())
            );
        }
    }
    return {};
}

Result<void> ReadPeople(
    const Transaction& transaction,
    const Request& request,
    const view::NewEdit& wanted,
    const Asked& asked,
    PeopleEdit& edit
) {
    const auto find = [&](const std::optional<std::string>& text, PersonId& to) -> Result<void> {
        auto person = transaction.people.Find(text.value_or(""));
        if (person) {
            to = person->id;
        }
        return person ? Result<void>{} : Unexpected(person.error());
    };
    if (asked.person && !wanted.person) {
        return Missing("person", wanted);
    }
    if (asked.other && !wanted.other) {
        return Missing("other", wanted);
    }
    auto found = asked.person ? find(wanted.person, edit.person) : Result<void>{};
    if (found && asked.other) {
        found = find(wanted.other, edit.other);
    }
    PersonId looked_at = edit.person;
    if (found && IsOfSomebody(wanted, edit)) {
        found = find(wanted.person, looked_at);
    }
    if (found && !looked_at.IsEmpty()) {
        found = CheckTag(transaction.View(), looked_at, request.Header("if-match"));
    }
    if (edit.kind == EditKind::kSplit) {
        edit.other = std::exchange(edit.person, PersonId(MakeId("per")));
    } else if (edit.kind == EditKind::kMove) {
        std::swap(edit.person, edit.other);
    }
    return found;
}

Result<void> ReadName(const view::NewEdit& wanted, const Asked& asked, PeopleEdit& edit) {
    if (!wanted.name) {
        return asked.name ? Missing("name", wanted) : Result<void>{};
    }
    return CheckedName(*wanted.name).map([&](std::string name) { edit.name = std::move(name); });
}

Result<void> ReadFaces(
    const Transaction& transaction, const view::NewEdit& wanted, const Asked& asked, PeopleEdit& edit
) {
    if (!asked.faces) {
        return {};
    }
    if (IsOfSomebody(wanted, edit)) {
        return AnchorsOfUnnamed(transaction, *wanted.person).map([&](std::vector<TrackId> tracks) {
            edit.tracks = std::move(tracks);
        });
    }
    edit.photos = asked.photos ? Ids<PhotoId>(wanted.photos) : std::vector<PhotoId>{};
    auto tracks = transaction.people_edits.AnchorsOf(Ids<TrackId>(wanted.tracks));
    auto more = transaction.people_edits.AnchorsIn(Ids<AppearanceId>(wanted.appearances));
    if (!tracks || !more) {
        return Unexpected(tracks ? more.error() : tracks.error());
    }
    edit.tracks = std::move(*tracks);
    edit.tracks.insert(edit.tracks.end(), more->begin(), more->end());
    if (edit.tracks.empty() && edit.photos.empty()) {
        return Missing(asked.photos ? "appearances, tracks or photos" : "appearances or tracks", wanted);
    }
    if (edit.tracks.size() + edit.photos.size() > kMostOfOneEdit) {
        return Fail(
            ErrorCode::kTooLarge, fmt::format("an edit is of at most {} faces: make several", kMostOfOneEdit)
        );
    }
    return CheckPhotos(transaction, edit);
}

}  // namespace

Result<PeopleEdit> ReadEdit(
    const Transaction& transaction, const Request& request, const view::NewEdit& wanted, Timestamp now
) {
    const auto kind = Named<EditKind>(kEditKindWords, wanted.kind.text);
    const auto asked = kind ? AskedWith(*kind) : std::nullopt;
    if (!asked) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("an edit of kind {} is not made in this way: see its own route", wanted.kind.text)
        );
    }
    PeopleEdit edit;
    edit.at = now;
    edit.actor = request.caller.actor;
    edit.kind = *kind;
    edit.text = wanted.consent.value_or("");
    auto read = ReadPeople(transaction, request, wanted, *asked, edit)
                    .and_then([&] { return ReadName(wanted, *asked, edit); })
                    .and_then([&] { return ReadFaces(transaction, wanted, *asked, edit); });
    return read ? Result<PeopleEdit>(std::move(edit)) : Unexpected(read.error());
}

}  // namespace notify
