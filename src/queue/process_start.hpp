#pragma once

// New processes: an item's first ones, and runs after the first.

#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"

namespace notify {

/// The first run of what the rules chose for the item; ready at once.
[[nodiscard]] Process FirstRun(const Item& item, const Choice& choice, Timestamp now);

/// As FirstRun, for an item that has had these runs.
[[nodiscard]] Process ChosenRun(
    const Item& item, const Choice& choice, const std::vector<Process>& existing, Timestamp now
);

/// What is to be added so that the item has all that is chosen: runs of what it never had or what another
/// choice has replaced since, and of what was Skipped as kNoRule, with the rules of now. Hands an error of
/// `existing` on.
[[nodiscard]] Result<std::vector<Process>> RunsOfChoices(
    Result<std::vector<Process>> existing, const Item& item, const std::vector<Choice>& choices, Timestamp now
);

/// The run after one that ended; ready at once.
[[nodiscard]] Process NextRun(const Process& ended, Timestamp now);

}  // namespace notify
