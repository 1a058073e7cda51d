#pragma once

// Edits of one person as people ask for them: storage/people_edits.hpp makes them.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Tracks and photos together.
inline constexpr std::size_t kMostOfOneEdit = 10'000;

/// By person.
using NamesTold = std::map<PersonId, ToldUntil>;

/// A name of 1 to 200 characters, without spaces around it. kInvalidArgument.
[[nodiscard]] Result<std::string> CheckedName(std::string_view name);

/// kConflict of two people whom a result shows at the same time: one is not. It says how to look at it.
[[nodiscard]] Result<void> CheckOne(const Snapshot& snapshot, const PersonId& one, const PersonId& other);

/// Erases the person with everybody who was merged into them, also one whose enrolment is undone: photos with
/// crops, those that were removed too, embeddings and thumbnails of faces that are shown as them or said to
/// be theirs, appearances, the name in events that were told, and what the log of edits says of them; the
/// erasure has the edit's id. kNotFound. Call inside a transaction.
/// `told`: what FindNamesTold found beforehand. Afterwards: Erasing for what lies in artifacts; Relabelling,
/// which tells the items without the name.
[[nodiscard]] Result<PeopleEdit> ErasePerson(
    Transaction& transaction,
    const PersonId& id,
    std::string_view actor,
    Timestamp now,
    const NamesTold& told = {}
);

/// Where events name the person and whoever was merged into them. It goes through all events: beside writers,
/// so that an erasure has only those to look through that came since. Empty where there is nobody such.
[[nodiscard]] Result<NamesTold> FindNamesTold(const Snapshot& snapshot, std::string_view id_or_name);

/// The tracks that an edit of all faces of somebody without a name is about: their anchors, one or more.
/// kNotFound: there is nobody such, or no face is theirs any more. kConflict: they have a name. kTooLarge: of
/// more faces than kMostOfOneEdit.
[[nodiscard]] Result<std::vector<TrackId>> AnchorsOfUnnamed(
    const Transaction& transaction, std::string_view id_or_name
);

}  // namespace notify
