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

/// In double quotes, as HTTP has it: another one when name, photos (those of merged people too), consent or
/// hiding are others.
/// `photos` are theirs.
[[nodiscard]] std::string TagOf(const Person& person, const std::vector<EnrolmentPhoto>& photos);

/// kConflict with kChangedSince when `wanted` ("" and "*": any) is not the person's tag.
[[nodiscard]] Result<void> CheckTag(const Snapshot& snapshot, const PersonId& root, std::string_view wanted);

}  // namespace notify
