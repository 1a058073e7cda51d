#pragma once

// The one rule for names that people give: of buckets, people and keys.

#include <cstddef>
#include <string_view>

namespace notify {

inline constexpr std::size_t kLongestName = 200;  ///< In characters.
inline constexpr std::string_view kNameRule =
    "must have 1 to 200 characters, none of them a control character, and no space at its ends";

/// True for a name that a list can show on one line. `text` is UTF-8.
[[nodiscard]] bool IsName(std::string_view text);

}  // namespace notify
