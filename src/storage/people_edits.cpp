#include "storage/people_edits.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/erasure.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/people_state.hpp"
#include "domain/person.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Whom an edit changed, for whoever reads appearances.
struct Touched {
    std::set<PersonId> renamed;  ///< With everybody of their groups.
    std::set<PersonId> matched;  ///< Who has other faces to be compared with; the same.
    std::set<TrackId> tracks;
};

void AddGroups(const PeopleState& state, const std::set<PersonId>& changed, std::set<PersonId>& to) {
    std::set<PersonId> roots;
    for (const auto& id : changed) {
        if (const auto* root = RootOf(state, id); root != nullptr) {
            roots.insert(root->id);
        }
    }
    for (const auto& [id, person] : state.people) {
        if (roots.contains(person.root)) {
            to.insert(id);
        }
    }
}

/// The keys whose values differ, those that one of the two has not among them.
template <class Key, class Value>
std::set<Key> Differing(const std::map<Key, Value>& a, const std::map<Key, Value>& b) {
    std::set<Key> keys;
    const auto add = [&](const std::map<Key, Value>& from, const std::map<Key, Value>& than) {
        for (const auto& [key, value] : from) {
            const auto other = than.find(key);
            if (other == than.end() || other->second != value) {
                keys.insert(key);
            }
        }
    };
    add(a, b);
    add(b, a);
    return keys;
}

void AddOwner(const PeopleState& state, const PhotoId& photo, std::set<PersonId>& to) {
    if (const auto owner = state.photos.find(photo); owner != state.photos.end()) {
        to.insert(owner->second);
    }
}

/// Who is shown otherwise than before.
std::set<PersonId> Renamed(const PeopleState& before, const PeopleState& after) {
    auto renamed = Differing(before.people, after.people);
    std::erase_if(renamed, [&](const PersonId& id) {
        const auto was = before.people.find(id);
        const auto is = after.people.find(id);
        return was != before.people.end() && is != after.people.end() &&
               was->second.name == is->second.name && was->second.hidden == is->second.hidden &&
               was->second.root == is->second.root;
    });
    return renamed;
}

Touched TouchedBy(const PeopleState& before, const PeopleState& after) {
    const auto renamed = Renamed(before, after);
    std::set<PersonId> owners;
    for (const auto& photo : Differing(before.photos, after.photos)) {
        AddOwner(before, photo, owners);
        AddOwner(after, photo, owners);
    }
    Touched touched{.renamed = renamed, .matched = owners, .tracks = Differing(before.tracks, after.tracks)};
    for (const auto* state : {&before, &after}) {
        AddGroups(*state, renamed, touched.renamed);
        AddGroups(*state, owners, touched.matched);
    }
    return touched;
}

/// That people have a name that they did not have: new, renamed, or shown again.
std::vector<Event> NamedBy(const PeopleState& before, const PeopleState& after, Timestamp now) {
    std::vector<Event> events;
    for (const auto& [id, person] : after.people) {
        const auto was = before.people.find(id);
        const bool same = was != before.people.end() && was->second.name == person.name;
        if (same || person.name.empty() || person.hidden) {
            continue;
        }
        events.push_back({
            .id = EventId(MakeId("msg")),
            .type = "person.named",
            .subject = id.Value(),
            .dedup_key = {},
            .at = now,
            .data = ToJsonText(boost::json::object{{"person", id.Value()}, {"name", person.name}}),
        });
    }
    return events;
}

/// Items are wanted before rows go, and with them what refers to them.
Result<void> WriteChange(
    Transaction& transaction, const PeopleState& before, const PeopleState& after, Timestamp now
) {
    auto& edits = transaction.people_edits;
    const auto touched = TouchedBy(before, after);
    const std::vector<PersonId> renamed(touched.renamed.begin(), touched.renamed.end());
    const std::vector<PersonId> matched(touched.matched.begin(), touched.matched.end());
    const std::vector<TrackId> tracks(touched.tracks.begin(), touched.tracks.end());
    return edits.WantRelabelled(renamed, true, now)
        .and_then([&] { return edits.WantRelabelled(matched, false, now); })
        .and_then([&] { return edits.WantRelabelled(tracks, now); })
        .and_then([&] { return edits.Change(before, after); })
        .and_then([&] { return transaction.events.AppendAll(NamedBy(before, after, now)); });
}

bool IsNotThere(const PeopleState& state, const PersonId& person) {
    return !person.IsEmpty() && !state.people.contains(person);
}

/// Why an edit cannot be made, in the words of whoever asks for it.
Error Refusal(const PeopleEdit& edit, const PeopleState& state, std::string_view note) {
    const bool makes = edit.kind == EditKind::kFound || edit.kind == EditKind::kSplit ||
                       (edit.kind == EditKind::kEnrol && !edit.name.empty());
    if (!makes && IsNotThere(state, edit.person)) {
        return {
            .code = ErrorCode::kNotFound, .message = fmt::format("there is no person {}", edit.person.Value())
        };
    }
    if (IsNotThere(state, edit.other)) {
        return {
            .code = ErrorCode::kNotFound, .message = fmt::format("there is no person {}", edit.other.Value())
        };
    }
    for (const auto& [id, person] : state.people) {
        const bool is_root = person.merged_into.IsEmpty() && id != edit.person;
        if (!edit.name.empty() && person.name == edit.name && is_root) {
            return {
                .code = ErrorCode::kConflict,
                .message = fmt::format(
                    "there is a person named '{}' already ({}): merge the two if they are one",
                    edit.name,
                    id.Value()
                )
            };
        }
    }
    return {.code = ErrorCode::kConflict, .message = std::string(note)};
}

/// Had the edits that are undone not been made, these photos would have been erased with their person.
Result<void> ForgetStrays(
    Transaction& transaction,
    const std::vector<PeopleEdit>& world,
    const PeopleState& after,
    const PeopleEdit& undo
) {
    std::set<PhotoId> of_nobody;
    std::set<PhotoId> given;  // what of these is nobody's was removed, and may come back
    for (const auto& edit : world) {
        std::ranges::copy_if(
            edit.photos, std::inserter(of_nobody, of_nobody.end()), [&](const PhotoId& photo) {
                return !after.photos.contains(photo);
            }
        );
        const bool gives =
            edit.kind == EditKind::kEnrol || edit.kind == EditKind::kMove || edit.kind == EditKind::kSplit;
        if (gives && edit.outcome == EditOutcome::kApplied) {
            given.insert(edit.photos.begin(), edit.photos.end());
        }
    }
    std::erase_if(of_nobody, [&](const PhotoId& photo) { return given.contains(photo); });
    const auto strays = transaction.people_edits.ForgetStrays({of_nobody.begin(), of_nobody.end()}, undo.at);
    if (!strays || strays->empty()) {
        return strays.map([](const auto&) {});
    }
    Erasure erasure{.id = undo.id, .at = undo.at, .actor = undo.actor, .photos = std::ssize(*strays)};
    std::set<PersonId> people;
    for (const auto& stray : *strays) {
        people.insert(stray.person);
        erasure.strays.push_back(stray.photo);
        if (auto removed = transaction.results.RemoveArtifactRow(stray.crop_sha256); !removed) {
            return removed;
        }
    }
    erasure.people.assign(people.begin(), people.end());
    return transaction.erasures.Add(erasure);
}

Result<std::vector<PeopleEdit>> Make(
    Transaction& transaction, std::vector<PeopleEdit> edits, const ToldUntil& told
) {
    for (auto& edit : edits) {
        if (edit.kind == EditKind::kUndo) {
            return Fail(ErrorCode::kInvalidArgument, "an undo is no edit of its own");
        }
        if (edit.id.IsEmpty()) {
            edit.id = EditId(MakeId("edt"));
        }
        edit.outcome = EditOutcome::kApplied;
        edit.note.clear();
    }
    const auto before =
        transaction.people_edits.Begin().and_then([&] { return transaction.people_edits.StateFor(edits); });
    if (!before) {
        return Unexpected(before.error());
    }
    auto after = *before;
    for (const auto& edit : edits) {
        const auto until_here = after;
        if (const auto note = Apply(after, edit); !note.empty()) {
            return Unexpected(Refusal(edit, until_here, note));
        }
        const auto forgotten =
            edit.kind == EditKind::kErase ? transaction.events.ForgetName(edit.person, told) : Result<int>(0);
        if (auto kept = forgotten.and_then([&](int) { return transaction.people_edits.Append(edit); });
            !kept) {
            return Unexpected(kept.error());
        }
    }
    const auto at = edits.empty() ? Timestamp() : edits.back().at;
    return WriteChange(transaction, *before, after, at).map([&] { return std::move(edits); });
}

}  // namespace

Result<PeopleEdit> MakeEdit(Transaction& transaction, PeopleEdit edit, const ToldUntil& told) {
    return Make(transaction, {std::move(edit)}, told).map([](std::vector<PeopleEdit> made) {
        return std::move(made.front());
    });
}

Result<std::vector<PeopleEdit>> MakeEdits(Transaction& transaction, std::vector<PeopleEdit> edits) {
    return Make(transaction, std::move(edits), {});
}

Result<void> AuditEdit(Transaction& transaction, const PeopleEdit& edit) {
    return transaction.keys.AddAudit({
        .at = edit.at,
        .actor = edit.actor,
        .action = fmt::format("person.{}", ToString(edit.kind)),
        .subject = edit.person.IsEmpty() ? edit.id.Value() : edit.person.Value(),
        .detail = edit.id.Value(),
    });
}

Result<PeopleEdit> UndoEdit(
    Transaction& transaction, const EditId& id, std::string_view actor, Timestamp now
) {
    const auto target =
        transaction.people_edits.Begin().and_then([&] { return transaction.people_edits.Get(id); });
    if (!target) {
        return Unexpected(target.error());
    }
    if (target->kind == EditKind::kErase || target->outcome == EditOutcome::kErased) {
        return Fail(
            ErrorCode::kConflict,
            "it cannot be undone: the person is erased, and what was said of them destroyed"
        );
    }
    if (target->outcome == EditOutcome::kUndone) {
        return Fail(ErrorCode::kConflict, fmt::format("edit {} is undone already", id.Value()));
    }
    PeopleEdit undo;
    undo.id = EditId(MakeId("edt"));
    undo.at = now;
    undo.actor = actor;
    undo.kind = EditKind::kUndo;
    undo.undoes = id;
    auto world = transaction.people_edits.Append(undo).and_then([&] {
        return transaction.people_edits.World(undo.id);
    });
    const auto before =
        world.and_then([&](const auto& edits) { return transaction.people_edits.StateFor(edits); });
    if (!before) {
        return Unexpected(before.error());
    }
    const auto edits_before = *world;
    const auto after = ReplayEdits(*world);
    for (std::size_t i = 0; i < world->size(); ++i) {
        const auto& edit = (*world)[i];
        const bool same = edit.outcome == edits_before[i].outcome && edit.note == edits_before[i].note;
        if (auto kept = same ? Result<void>{} : transaction.people_edits.SetOutcome(edit); !kept) {
            return Unexpected(kept.error());
        }
    }
    return WriteChange(transaction, *before, after, now)
        .and_then([&] { return ForgetStrays(transaction, *world, after, undo); })
        .map([&] { return std::move(undo); });
}

}  // namespace notify
