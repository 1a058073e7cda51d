#include "domain/people_state.hpp"

#include <algorithm>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"

namespace notify {

namespace {

// Sentences stay in the log after an erasure: they name nobody.
constexpr std::string_view kNoPerson = "the person is not there";
constexpr std::string_view kNoOther = "the other person is not there";
constexpr std::string_view kNameTaken = "the name is another person's";
constexpr std::string_view kNoPhoto = "the photos are not the person's";
constexpr std::string_view kSamePerson = "the two are one person already";
constexpr std::string_view kThere = "the person is there already";

Person* Find(PeopleState& state, const PersonId& id) {
    const auto found = state.people.find(id);
    return found != state.people.end() ? &found->second : nullptr;
}

Person* Root(PeopleState& state, const PersonId& id) {
    auto* person = Find(state, id);
    return person != nullptr ? Find(state, person->root) : nullptr;
}

/// Whether a root other than that of `id` has the name.
bool IsTaken(const PeopleState& state, std::string_view name, const PersonId& root) {
    return !name.empty() && std::ranges::any_of(state.people, [&](const auto& entry) {
        const auto& person = entry.second;
        return person.name == name && person.merged_into.IsEmpty() && person.id != root;
    });
}

void SetRoots(PeopleState& state, const PersonId& from, const PersonId& to) {
    for (auto& [id, person] : state.people) {
        if (person.root == from) {
            person.root = to;
        }
    }
}

Person Made(const PeopleEdit& edit) {
    return {
        .id = edit.person,
        .name = edit.name,
        .created_at = edit.at,
        .hidden = false,
        .merged_into = {},
        .root = edit.person,
        .consent = {}
    };
}

/// Forgets a verdict that says nothing any more.
void Tidy(PeopleState& state, const TrackId& track) {
    if (const auto found = state.tracks.find(track);
        found != state.tracks.end() && found->second == TrackVerdict{}) {
        state.tracks.erase(found);
    }
}

void SayWhose(PeopleState& state, const PeopleEdit& edit) {
    for (const auto& track : edit.tracks) {
        auto& verdict = state.tracks[track];
        verdict.person = edit.person;
        verdict.by_system = false;
        verdict.nobody = false;
        verdict.not_these.erase(edit.person);
    }
}

void GivePhotos(PeopleState& state, const PeopleEdit& edit) {
    for (const auto& photo : edit.photos) {
        state.photos[photo] = edit.person;
    }
}

std::string_view Enrol(PeopleState& state, const PeopleEdit& edit) {
    const bool is_new = !edit.name.empty();
    if (is_new && Find(state, edit.person) != nullptr) {
        return kThere;
    }
    if (is_new && IsTaken(state, edit.name, edit.person)) {
        return kNameTaken;
    }
    if (!is_new && Find(state, edit.person) == nullptr) {
        return kNoPerson;
    }
    if (is_new) {
        state.people[edit.person] = Made(edit);
    }
    GivePhotos(state, edit);
    return {};
}

/// What the service found gives way to what anybody said.
/// The tracks of which nothing else is said are the person's, as far as the service can tell.
void GiveUnclaimed(PeopleState& state, const PeopleEdit& edit) {
    for (const auto& track : edit.tracks) {
        auto& verdict = state.tracks[track];
        if (verdict.person.IsEmpty() && !verdict.nobody && !verdict.not_these.contains(edit.person)) {
            verdict.person = edit.person;
            verdict.by_system = true;
        }
        Tidy(state, track);
    }
}

std::string_view Found(PeopleState& state, const PeopleEdit& edit) {
    if (Find(state, edit.person) != nullptr) {
        return kThere;
    }
    state.people[edit.person] = Made(edit);
    GiveUnclaimed(state, edit);
    return {};
}

std::string_view Joined(PeopleState& state, const PeopleEdit& edit) {
    if (Find(state, edit.person) == nullptr) {
        return kNoPerson;
    }
    GiveUnclaimed(state, edit);
    return {};
}

std::string_view Rename(PeopleState& state, const PeopleEdit& edit) {
    auto* root = Root(state, edit.person);
    if (root == nullptr) {
        return kNoPerson;
    }
    if (IsTaken(state, edit.name, root->id)) {
        return kNameTaken;
    }
    root->name = edit.name;
    return {};
}

std::string_view Confirm(PeopleState& state, const PeopleEdit& edit) {
    if (Find(state, edit.person) == nullptr) {
        return kNoPerson;
    }
    SayWhose(state, edit);
    return {};
}

std::string_view Reject(PeopleState& state, const PeopleEdit& edit) {
    const auto* root = RootOf(state, edit.person);
    if (root == nullptr) {
        return kNoPerson;
    }
    for (const auto& track : edit.tracks) {
        auto& verdict = state.tracks[track];
        verdict.not_these.insert(edit.person);
        if (const auto* named = RootOf(state, verdict.person); named == root) {
            verdict.person = {};
            verdict.by_system = false;
        }
    }
    return {};
}

std::string_view SayNobody(PeopleState& state, const PeopleEdit& edit) {
    for (const auto& track : edit.tracks) {
        auto& verdict = state.tracks[track];
        verdict.person = {};
        verdict.by_system = false;
        verdict.nobody = true;
    }
    return {};
}

/// The named one of two remains, else the one that is given as such.
std::string_view Merge(PeopleState& state, const PeopleEdit& edit) {
    auto* stays = Root(state, edit.person);
    auto* other = Root(state, edit.other);
    if (stays == nullptr || other == nullptr) {
        return stays == nullptr ? kNoPerson : kNoOther;
    }
    if (stays == other) {
        return kSamePerson;
    }
    if (stays->name.empty() && !other->name.empty()) {
        std::swap(stays, other);
    }
    other->merged_into = stays->id;
    SetRoots(state, other->id, stays->id);
    return {};
}

bool IsOrWas(const PeopleState& state, const PersonId& id) {
    return state.people.contains(id) || state.erased.contains(id);
}

std::string_view Split(PeopleState& state, const PeopleEdit& edit) {
    if (!IsOrWas(state, edit.other)) {
        return kNoOther;
    }
    if (Find(state, edit.person) != nullptr) {
        return kThere;
    }
    if (IsTaken(state, edit.name, edit.person)) {
        return kNameTaken;
    }
    state.people[edit.person] = Made(edit);
    SayWhose(state, edit);
    GivePhotos(state, edit);
    return {};
}

std::string_view Move(PeopleState& state, const PeopleEdit& edit) {
    if (Find(state, edit.person) == nullptr) {
        return kNoPerson;
    }
    if (!IsOrWas(state, edit.other)) {
        return kNoOther;
    }
    SayWhose(state, edit);
    GivePhotos(state, edit);
    return {};
}

std::string_view SetHidden(PeopleState& state, const PeopleEdit& edit) {
    auto* root = Root(state, edit.person);
    if (root == nullptr) {
        return kNoPerson;
    }
    root->hidden = edit.kind == EditKind::kHide;
    return {};
}

std::string_view Consent(PeopleState& state, const PeopleEdit& edit) {
    auto* root = Root(state, edit.person);
    if (root == nullptr) {
        return kNoPerson;
    }
    root->consent = edit.text;
    return {};
}

std::string_view RemovePhotos(PeopleState& state, const PeopleEdit& edit) {
    const auto removed = std::ranges::count_if(edit.photos, [&](const PhotoId& photo) {
        return state.photos.erase(photo) > 0;
    });
    return removed > 0 ? std::string_view() : kNoPhoto;
}

/// Only this one: who was merged into the person is erased before.
std::string_view Erase(PeopleState& state, const PeopleEdit& edit) {
    if (state.people.erase(edit.person) == 0) {
        return kNoPerson;
    }
    std::erase_if(state.photos, [&](const auto& entry) { return entry.second == edit.person; });
    for (auto& [track, verdict] : state.tracks) {
        if (verdict.person == edit.person) {
            verdict.person = {};
            verdict.by_system = false;
        }
        verdict.not_these.erase(edit.person);
    }
    std::erase_if(state.tracks, [](const auto& entry) { return entry.second == TrackVerdict{}; });
    state.erased.insert(edit.person);
    return {};
}

std::string_view Do(PeopleState& state, const PeopleEdit& edit) {
    switch (edit.kind) {
        case EditKind::kEnrol:
            return Enrol(state, edit);
        case EditKind::kFound:
            return Found(state, edit);
        case EditKind::kJoined:
            return Joined(state, edit);
        case EditKind::kRename:
            return Rename(state, edit);
        case EditKind::kConfirm:
            return Confirm(state, edit);
        case EditKind::kReject:
            return Reject(state, edit);
        case EditKind::kUnknown:
            return SayNobody(state, edit);
        case EditKind::kMerge:
            return Merge(state, edit);
        case EditKind::kSplit:
            return Split(state, edit);
        case EditKind::kMove:
            return Move(state, edit);
        case EditKind::kHide:
        case EditKind::kShow:
            return SetHidden(state, edit);
        case EditKind::kConsent:
            return Consent(state, edit);
        case EditKind::kRemovePhoto:
            return RemovePhotos(state, edit);
        case EditKind::kErase:
            return Erase(state, edit);
        case EditKind::kUndo:
            return {};
    }
    return {};
}

/// Which edits another one takes out. An undo that is undone takes out nothing.
std::set<EditId> UndoneOf(const std::vector<PeopleEdit>& edits) {
    std::set<EditId> undone;
    for (const auto& edit : edits | std::views::reverse) {
        if (edit.kind == EditKind::kUndo && !undone.contains(edit.id)) {
            undone.insert(edit.undoes);
        }
    }
    return undone;
}

}  // namespace

const Person* RootOf(const PeopleState& state, const PersonId& id) {
    const auto found = state.people.find(id);
    if (found == state.people.end()) {
        return nullptr;
    }
    const auto root = state.people.find(found->second.root);
    return root != state.people.end() ? &root->second : nullptr;
}

std::string Apply(PeopleState& state, const PeopleEdit& edit) {
    return std::string(Do(state, edit));
}

PeopleState ReplayEdits(std::vector<PeopleEdit>& edits) {
    const auto undone = UndoneOf(edits);
    PeopleState state;
    for (const auto& edit : edits) {
        if (edit.kind == EditKind::kErase) {
            state.erased.insert(edit.person);
        }
    }
    for (auto& edit : edits) {
        edit.note.clear();
        if (edit.outcome == EditOutcome::kErased || edit.kind == EditKind::kErase) {
            continue;  // what there was to erase is not in any edit
        }
        if (undone.contains(edit.id)) {
            edit.outcome = EditOutcome::kUndone;
            continue;
        }
        edit.note = Apply(state, edit);
        edit.outcome = edit.note.empty() ? EditOutcome::kApplied : EditOutcome::kNoOp;
    }
    return state;
}

}  // namespace notify
