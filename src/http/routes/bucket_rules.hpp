#pragma once

// What may be asked of a bucket.

#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/views.hpp"

namespace notify {

/// The chosen processors, each configuration checked against its schema. kInvalidArgument with the JSON
/// pointer.
[[nodiscard]] Result<std::vector<Assignment>> Assignments(const std::vector<view::AssignmentView>& wanted);

/// The bucket as it will be: a name (it may come from the folder), and a biometric_basis that says something
/// while a processor recognises people. kInvalidArgument with the JSON pointer.
[[nodiscard]] Result<void> CheckSettings(const Bucket& bucket);

/// kConflict when its folder is, holds or lies in that of another. Looks at the folders to follow links.
[[nodiscard]] Result<void> CheckApart(const Bucket& bucket, const std::vector<Bucket>& others);

}  // namespace notify
