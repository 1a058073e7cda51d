#pragma once

// Text without what stands around it.

#include <string_view>

namespace notify {

/// Without blanks, tabs and ends of lines around it.
[[nodiscard]] constexpr std::string_view Trimmed(std::string_view text) noexcept {
    constexpr std::string_view kAround = " \t\r\n";
    const auto first = text.find_first_not_of(kAround);
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(kAround) - first + 1);
}

}  // namespace notify
