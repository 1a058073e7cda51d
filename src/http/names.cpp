#include "http/names.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace notify {

namespace {

bool IsControl(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// U+0080 to U+009F are controls too; in UTF-8 they begin with C2.
bool HasHighControl(std::string_view text) {
    for (auto at = text.find('\xc2'); at != std::string_view::npos; at = text.find('\xc2', at + 1)) {
        if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool IsName(std::string_view text) {
    const auto characters =
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; });
    return characters >= 1 && std::cmp_less_equal(characters, kLongestName) && !text.starts_with(' ') &&
           !text.ends_with(' ') && std::ranges::none_of(text, IsControl) && !HasHighControl(text);
}

}  // namespace notify
