#pragma once

// Enumerations whose values count up from 0 and whose names stand in an array in the same order.

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace notify {

/// The value with that name, case-sensitive; nothing when there is none.
template <class Enum, std::size_t Count>
[[nodiscard]] std::optional<Enum> Named(
    const std::array<std::string_view, Count>& names, std::string_view text
) noexcept {
    const auto* const found = std::ranges::find(names, text);
    return found == names.end() ? std::nullopt : std::optional(static_cast<Enum>(found - names.begin()));
}

}  // namespace notify
