#include "core/uuid.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace notify {

namespace {

constexpr std::size_t kLength = 36;

bool IsHyphen(std::size_t place) noexcept {
    return place == 8 || place == 13 || place == 18 || place == 23;
}

}  // namespace

std::string UuidOf(std::string_view text) {
    if (text.size() != kLength) {
        return {};
    }
    std::string id(text);
    for (std::size_t i = 0; i < id.size(); ++i) {
        auto& letter = id[i];
        letter = letter >= 'A' && letter <= 'F' ? static_cast<char>(letter - 'A' + 'a') : letter;
        const bool is_digit = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
        if (IsHyphen(i) ? letter != '-' : !is_digit) {
            return {};
        }
    }
    return id;
}

}  // namespace notify
