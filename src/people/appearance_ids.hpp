#pragma once

// Ids of appearances stay while their faces do: whoever has read one may still answer by it after an edit.

#include <span>
#include <vector>

#include "domain/person.hpp"

namespace notify {

/// Gives appearances the ids of the `stored` ones of the same result that they are still: of the same person
/// with a track in common, or of another person with the same tracks. Each id is given once, to the
/// appearance with the most tracks in common, the earlier one first; the others keep their own. No two of
/// `stored` share a track. Pure.
void KeepIds(std::vector<Appearance>& appearances, std::span<const Appearance> stored);

}  // namespace notify
