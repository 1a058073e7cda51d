#include "processors/document_markdown/unicode.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace notify::document {

namespace {

constexpr char32_t kFirstLigature = 0xFB00;
constexpr std::array<std::string_view, 7> kLigatures{"ff", "fi", "fl", "ffi", "ffl", "st", "st"};

bool IsNoCharacter(char32_t code) noexcept {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0xFEFF ||
           (code >= 0xD800 && code < 0xE000) || (code & 0xFFFEU) == 0xFFFE || code > 0x10FFFF;
}

}  // namespace

void AppendUtf8(std::string& text, char32_t code) {
    if (code >= kFirstLigature && code < kFirstLigature + kLigatures.size()) {
        text += kLigatures.at(code - kFirstLigature);
        return;
    }
    if (IsNoCharacter(code)) {
        return;
    }
    const auto tail = [&](unsigned shift) {
        text += static_cast<char>(0x80U | ((static_cast<unsigned>(code) >> shift) & 0x3FU));
    };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += static_cast<char>(0xC0U | (static_cast<unsigned>(code) >> 6U));
        tail(0);
    } else if (code < 0x10000) {
        text += static_cast<char>(0xE0U | (static_cast<unsigned>(code) >> 12U));
        tail(6);
        tail(0);
    } else {
        text += static_cast<char>(0xF0U | (static_cast<unsigned>(code) >> 18U));
        tail(12);
        tail(6);
        tail(0);
    }
}

std::string Utf8Of(std::u16string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char32_t code = text[i];
        if (code >= 0xD800 && code < 0xDC00 && i + 1 < text.size()) {
            code = 0x10000 + ((code - 0xD800) << 10U) + (static_cast<char32_t>(text[++i]) - 0xDC00);
        }
        AppendUtf8(result, code);
    }
    return result;
}

std::u32string CodesOf(std::string_view text) {
    std::u32string codes;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        char32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k) {
            code = (code << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        }
        codes += code;
        i += length;
    }
    return codes;
}

bool IsDigit(char32_t code) noexcept {
    return code >= U'0' && code <= U'9';
}

bool IsLetter(char32_t code) noexcept {
    if (code < 0x80) {
        return (code >= U'a' && code <= U'z') || (code >= U'A' && code <= U'Z');
    }
    const bool sign = code == 0xD7 || code == 0xF7 || (code >= 0x2000 && code < 0x2C00) ||
                      (code >= 0x3000 && code < 0x3040) || (code >= 0xE000 && code < 0xF900);
    return code >= 0xC0 && !sign;
}

char32_t LowerOf(char32_t code) noexcept {
    const bool latin = (code >= U'A' && code <= U'Z') || (code >= 0xC0 && code <= 0xDE && code != 0xD7);
    const bool greek_or_cyrillic = (code >= 0x391 && code <= 0x3A9) || (code >= 0x410 && code <= 0x42F);
    return latin || greek_or_cyrillic ? code + 0x20 : code;
}

bool IsLower(char32_t code) noexcept {
    return IsLetter(code) && LowerOf(code) == code;
}

std::string WordsOf(std::string_view text) {
    std::string words;
    bool gap = false;
    for (const char32_t code : CodesOf(text)) {
        if (IsLetter(code) || IsDigit(code)) {
            if (gap && !words.empty()) {
                words += ' ';
            }
            gap = false;
            AppendUtf8(words, LowerOf(code));
        } else {
            gap = true;
        }
    }
    return words;
}

bool IsRightToLeft(char32_t code) noexcept {
    return (code >= 0x590 && code < 0x900) || (code >= 0xFB1D && code < 0xFE00) ||
           (code >= 0xFE70 && code < 0xFF00);
}

}  // namespace notify::document
