#pragma once

// Edits of people, made and undone. docs/adr/0011-people.md.

#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Makes the edit: writes it down, changes what it changes, and wants the items looked at again in which
/// whoever it is about appears. `told`: of an erasure the events that name the person, as far as they are
/// known. `id`, when it is empty, and `outcome` are set; `photos` that are enrolled are
/// there (PeopleRepository::AddPhoto). The edit as it was made. kNotFound, kConflict with a sentence that
/// says why not; kInvalidArgument for an undo: see UndoEdit. Call inside a transaction.
[[nodiscard]] Result<PeopleEdit> MakeEdit(
    Transaction& transaction, PeopleEdit edit, const ToldUntil& told = {}
);

/// As MakeEdit, several as one change: what is told of it is what they come to together, so that somebody who
/// is enrolled and hidden is named nowhere.
[[nodiscard]] Result<std::vector<PeopleEdit>> MakeEdits(
    Transaction& transaction, std::vector<PeopleEdit> edits
);

/// Notes in the audit who made an edit that was made, and of whom. Call inside its transaction.
[[nodiscard]] Result<void> AuditEdit(Transaction& transaction, const PeopleEdit& edit);

/// Takes an edit out, whenever it was made: people are afterwards as if it never had been. Undoing an undo
/// brings back what it took out, but for photos that went back to nobody because who was enrolled with them
/// is erased: these are erased too, and are an erasure by the undo's id (Erasing::CatchUp afterwards). The
/// undo. kNotFound; kConflict when it is undone already, is an erasure or was about somebody who is erased.
/// Call inside a transaction.
[[nodiscard]] Result<PeopleEdit> UndoEdit(
    Transaction& transaction, const EditId& id, std::string_view actor, Timestamp now
);

}  // namespace notify
