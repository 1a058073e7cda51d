#pragma once

// The parts of a schedule's text.

#include <optional>
#include <string_view>
#include <vector>

namespace notify {

/// The parts between the commas or whatever `separator` is; of "" one empty part.
[[nodiscard]] std::vector<std::string_view> Split(std::string_view text, char separator);

/// The words between spaces and tabs.
[[nodiscard]] std::vector<std::string_view> WordsOf(std::string_view text);

/// The whole text as a number without a sign, of at most four digits.
[[nodiscard]] std::optional<int> SmallNumber(std::string_view text);

/// 0 (Sunday) to 6 of "sun", "Mon", …; nothing when it is none.
[[nodiscard]] std::optional<int> WeekdayNamed(std::string_view text);

/// 1 to 12 of "jan", "Feb", ….
[[nodiscard]] std::optional<int> MonthNamed(std::string_view text);

}  // namespace notify
