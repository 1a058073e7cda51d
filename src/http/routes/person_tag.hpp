#pragma once

// What a person looks like, as one tag: for edits that must not be made of somebody who has changed.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

/// In double quotes, as HTTP has it: another one after each edit of the person or of somebody who was merged
/// into them, also of faces, and when they look otherwise by the undo of an edit of others. `photos` are
/// theirs.
[[nodiscard]] Result<std::string> TagOf(
    const Snapshot& snapshot, const Person& person, const std::vector<EnrolmentPhoto>& photos
);

/// kConflict with kChangedSince when `wanted` ("" and "*": any) is not the person's tag.
[[nodiscard]] Result<void> CheckTag(const Snapshot& snapshot, const PersonId& root, std::string_view wanted);

}  // namespace notify
