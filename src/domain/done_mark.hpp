#pragma once

// What an earlier system has done already: told to us by key, so that it is not done again.

#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace notify {

/// Why an object becomes no work although nothing is wrong with it: Item::reason_code of the two.
inline constexpr std::string_view kDoneElsewhere = "done_elsewhere";
inline constexpr std::string_view kBeforeBaseline = "before_baseline";

struct DoneMark {
    std::string key;      ///< As the store names it, bytes.
    std::string version;  ///< An ETag or a whole Item::version; "": what was there at `at`.
    Timestamp at;         ///< When it was done.

    friend bool operator==(const DoneMark&, const DoneMark&) = default;
};

/// True when an object at that key, of that version and written then, is what was done. A version decides
/// alone; without one an object that was written after `at` is another.
[[nodiscard]] bool Covers(const DoneMark& mark, std::string_view version, Timestamp modified_at);

}  // namespace notify
