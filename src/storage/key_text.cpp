#include "storage/key_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace notify {

namespace {

/// What the first byte of a sequence promises (RFC 3629, table of section 4).
struct Lead {
    std::size_t length = 0;    ///< Of the whole sequence; 0 when no sequence begins so.
    std::uint8_t low = 0x80;   ///< The second byte is at least this …
    std::uint8_t high = 0xBF;  ///< … and at most this.
};

Lead LeadOf(std::uint8_t first) {
    if (first >= 0x20 && first < 0x7F) {
        return {.length = 1};
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return {.length = 2};
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const std::uint8_t low = first == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t high = first == 0xED ? 0x9F : 0xBF;
        return {.length = 3, .low = low, .high = high};
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const std::uint8_t low = first == 0xF0 ? 0x90 : 0x80;
        const std::uint8_t high = first == 0xF4 ? 0x8F : 0xBF;
        return {.length = 4, .low = low, .high = high};
    }
    return {};
}

/// Length of the valid UTF-8 sequence at the beginning of `bytes`, 0 when there is none.
std::size_t SequenceLength(std::string_view bytes) {
    const auto lead = LeadOf(static_cast<std::uint8_t>(bytes.front()));
    if (lead.length > bytes.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < lead.length; ++i) {
        const auto byte = static_cast<std::uint8_t>(bytes[i]);
        const bool second = i == 1;
        if (byte < (second ? lead.low : 0x80) || byte > (second ? lead.high : 0xBF)) {
            return 0;
        }
    }
    return lead.length;
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
