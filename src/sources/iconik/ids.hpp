#pragma once

// Ids as Iconik makes them.

#include <cstddef>
#include <string_view>

namespace notify::iconik {

/// True for a UUID in its usual form, which is all that may stand in a path of the API.
[[nodiscard]] inline bool IsId(std::string_view text) noexcept {
    constexpr std::size_t kLength = 36;
    constexpr std::string_view kHex = "0123456789abcdefABCDEF";
    if (text.size() != kLength) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : kHex.find(text[i]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

}  // namespace notify::iconik
