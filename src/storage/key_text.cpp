#include "storage/key_text.hpp"

#include <cstdint>

#include <fmt/format.h>

namespace notify {

namespace {

/// Length of the valid UTF-8 sequence at the beginning of `bytes` (RFC 3629), 0 when there is none.
std::size_t SequenceLength(std::string_view bytes) {
    const auto at = [&](std::size_t i) {
        return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : std::uint8_t{0};
    };
    const auto follows = [&](std::size_t i, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
        return at(i) >= low && at(i) <= high;
    };
    const auto first = at(0);
    if (first < 0x80) {
        return first >= 0x20 && first != 0x7F ? 1 : 0;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return follows(1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const std::uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t high = first == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const std::uint8_t low = first == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

}  // namespace

std::string KeyText(std::string_view key) {
    std::string text;
    text.reserve(key.size());
    while (!key.empty()) {
        const auto length = SequenceLength(key);
        if (length == 0) {
            text += fmt::format("\\x{:02X}", static_cast<std::uint8_t>(key.front()));
        } else {
            text += key.substr(0, length);
        }
        key.remove_prefix(length == 0 ? 1 : length);
    }
    return text;
}

}  // namespace notify
