#pragma once

// What edits of people come to: the projection. Pure. docs/adr/0011-people.md.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"

namespace notify {

/// Of a world of subjects: everything that edits of them read or change.
struct PeopleState {
    std::map<PersonId, Person> people;
    std::map<PhotoId, PersonId> photos;      ///< Whose a photo is. Without an owner it is not in here.
    std::map<TrackId, TrackVerdict> tracks;  ///< By anchor; those of which something is said.
    std::set<PersonId> erased;               ///< Who cannot be asked about any more.

    friend bool operator==(const PeopleState&, const PeopleState&) = default;
};

/// The person everybody reads where this one was merged into others; nullptr when there is none such.
[[nodiscard]] const Person* RootOf(const PeopleState& state, const PersonId& id);

/// Does what the edit says. Empty; or, when what it is about is not there, the sentence that says so, and
/// the state is as before. An undo does nothing here: see ReplayEdits.
[[nodiscard]] std::string Apply(PeopleState& state, const PeopleEdit& edit);

/// Applies `edits`, in their order, without those that are undone or erased, and sets each one's outcome and
/// note. The state that comes out: as if what is undone had never been said.
[[nodiscard]] PeopleState ReplayEdits(std::vector<PeopleEdit>& edits);

}  // namespace notify
