#pragma once

// Edits of one person as people ask for them: storage/people_edits.hpp makes them.

#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A name of 1 to 200 characters, without spaces around it. kInvalidArgument.
[[nodiscard]] Result<std::string> CheckedName(std::string_view name);

/// kConflict of two people who are seen at the same time in an item: one is not. It says how to look at it.
[[nodiscard]] Result<void> CheckOne(const Snapshot& snapshot, const PersonId& one, const PersonId& other);

/// Erases the person with everybody who was merged into them, also one whose enrolment is undone: photos with
/// crops, those that were removed too, embeddings and thumbnails of faces that are shown as them or said to
/// be theirs, appearances, the name in events that were told, and what the log of edits says of them; the
/// erasure has the edit's id. kNotFound. Call inside a transaction.
/// Afterwards: Erasing for what lies in artifacts; Relabelling, which tells the items without the name.
[[nodiscard]] Result<PeopleEdit> ErasePerson(
    Transaction& transaction, const PersonId& id, std::string_view actor, Timestamp now
);

}  // namespace notify
