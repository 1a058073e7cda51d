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

/// Erases the person with everybody who was merged into them: photos, embeddings of them, appearances, the
/// name in events that were told, and what the log of edits says of them. kNotFound. Call inside a
/// transaction. Items the person was seen in are told without the name afterwards (Relabelling).
[[nodiscard]] Result<PeopleEdit> ErasePerson(
    Transaction& transaction, const PersonId& id, std::string_view actor, Timestamp now
);

}  // namespace notify
