#include "delivery/clean_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::uint8_t At(std::string_view text, std::size_t at) {
    return static_cast<std::uint8_t>(text[at]);
}

/// How long a sequence is that begins with `first`; 0 when none does.
std::size_t LengthFrom(std::uint8_t first) {
    if (first >= 0xC2 && first <= 0xDF) {
        return 2;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        return 3;
    }
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

/// Length of the well-formed sequence at `at` (Unicode, table 3-7); 0 when there is none.
std::size_t SequenceLength(std::string_view text, std::size_t at) {
    const auto first = At(text, at);
    if (first < 0x80) {
        return 1;
    }
    const auto length = LengthFrom(first);
    if (length == 0 || at + length > text.size()) {
        return 0;
    }
    const auto second = At(text, at + 1);
    const std::uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) {
        return 0;
    }
    for (std::size_t i = 2; i < length; ++i) {
        if ((At(text, at + i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return length;
}

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

}  // namespace

std::string ValidUtf8(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = SequenceLength(bytes, at);
        text += length == 0 ? kReplacement : bytes.substr(at, length);
        at += std::max<std::size_t>(length, 1);
    }
    return text;
}

bool IsUtf8(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = SequenceLength(bytes, at);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

std::string Excerpt(std::string_view answer, const std::vector<std::string>& secrets, std::size_t limit) {
    std::string text(answer);
    for (const auto& secret : secrets) {
        if (!secret.empty()) {
            ReplaceAll(text, secret, "[redacted]");
        }
    }
    text = ValidUtf8(std::string_view(text).substr(0, limit));
    std::ranges::replace_if(
        text,
        [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
        },
        ' '
    );
    return text;
}

}  // namespace notify
