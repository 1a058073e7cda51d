#pragma once

// Which of an item's runs count. Pure.

#include <vector>

#include "domain/process.hpp"

namespace notify {

/// The latest run of each (processor, configuration), but for those that ended before the rule's later choice
/// Completed: a rule wants one configuration at a time, and two rules may want two of the same processor. By
/// creation.
[[nodiscard]] std::vector<Process> LatestRuns(std::vector<Process> all);

}  // namespace notify
