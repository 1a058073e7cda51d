#pragma once

// People by edits, as tests say them: each inside a transaction.

#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify::testing {

inline PeopleEdit EditOf(EditKind kind, const PersonId& person, std::string name = {}) {
    PeopleEdit edit;
    edit.at = FromMillis(1'000);
    edit.actor = "a test";
    edit.kind = kind;
    edit.person = person;
    edit.name = std::move(name);
    return edit;
}

inline Result<void> Make(Transaction& transaction, PeopleEdit edit) {
    return MakeEdit(transaction, std::move(edit)).map([](const PeopleEdit&) {});
}

inline Result<void> AddPerson(Transaction& transaction, const Person& person) {
    auto edit = EditOf(EditKind::kEnrol, person.id, person.name);
    edit.at = person.created_at;
    return Make(transaction, std::move(edit));
}

inline Result<void> AddPhoto(Transaction& transaction, const EnrolmentPhoto& photo) {
    auto edit = EditOf(EditKind::kEnrol, photo.person_id);
    edit.photos = {photo.id};
    return transaction.people.AddPhoto(photo).and_then([&] { return Make(transaction, std::move(edit)); });
}

inline Result<void> RenamePerson(Transaction& transaction, const PersonId& id, std::string_view name) {
    return Make(transaction, EditOf(EditKind::kRename, id, std::string(name)));
}

inline Result<void> RemovePerson(Transaction& transaction, const PersonId& id) {
    return Make(transaction, EditOf(EditKind::kErase, id));
}

inline Result<void> RemovePhoto(Transaction& transaction, const EnrolmentPhoto& photo) {
    auto edit = EditOf(EditKind::kRemovePhoto, photo.person_id);
    edit.photos = {photo.id};
    return Make(transaction, std::move(edit));
}

}  // namespace notify::testing
