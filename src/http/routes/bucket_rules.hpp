#pragma once

// What may be asked of a bucket.

#include <vector>

#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/views.hpp"

namespace notify {

/// The chosen processors, each configuration checked against its schema. kInvalidArgument with the JSON
/// pointer; also for a biometric processor in a bucket that does not say its biometric_basis.
[[nodiscard]] Result<std::vector<Assignment>> Assignments(
    const std::vector<view::AssignmentView>& wanted, const Bucket& bucket
);

/// Name, intervals and weight. kInvalidArgument with the JSON pointer.
[[nodiscard]] Result<void> CheckSettings(const Bucket& bucket);

}  // namespace notify
