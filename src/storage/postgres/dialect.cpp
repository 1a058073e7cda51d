#include "storage/postgres/dialect.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace notify::postgres {

namespace {

constexpr std::string_view kHint = "INDEXED BY ";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool IsDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool IsWord(char c) noexcept {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The longest start of `text` whose characters all are `fits`.
template <class Fits>
std::size_t RunOf(std::string_view text, Fits fits) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, fits) - text.begin());
}

/// Which second byte may follow a first one, and how many bytes they begin.
/// Source: table 3-7 of the Unicode Standard, without NUL, which PostgreSQL does not take.
struct Beginning {
    std::uint8_t first_from, first_to, second_from, second_to;
    std::size_t size;
};

constexpr std::array<Beginning, 9> kBeginnings{{
    {.first_from = 0x01, .first_to = 0x7F, .second_from = 0x00, .second_to = 0xFF, .size = 1},
    {.first_from = 0xC2, .first_to = 0xDF, .second_from = 0x80, .second_to = 0xBF, .size = 2},
    {.first_from = 0xE0, .first_to = 0xE0, .second_from = 0xA0, .second_to = 0xBF, .size = 3},
    {.first_from = 0xE1, .first_to = 0xEC, .second_from = 0x80, .second_to = 0xBF, .size = 3},
    {.first_from = 0xED, .first_to = 0xED, .second_from = 0x80, .second_to = 0x9F, .size = 3},
    {.first_from = 0xEE, .first_to = 0xEF, .second_from = 0x80, .second_to = 0xBF, .size = 3},
    {.first_from = 0xF0, .first_to = 0xF0, .second_from = 0x90, .second_to = 0xBF, .size = 4},
    {.first_from = 0xF1, .first_to = 0xF3, .second_from = 0x80, .second_to = 0xBF, .size = 4},
    {.first_from = 0xF4, .first_to = 0xF4, .second_from = 0x80, .second_to = 0x8F, .size = 4},
}};

/// How many bytes the character at the start has, when it is one that PostgreSQL takes; else 0.
std::size_t CharacterAt(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : std::uint8_t{0};
    };
    const auto* const begins = std::ranges::find_if(kBeginnings, [&](const Beginning& row) {
        return byte(0) >= row.first_from && byte(0) <= row.first_to;
    });
    if (begins == kBeginnings.end() || byte(1) < begins->second_from || byte(1) > begins->second_to) {
        return 0;
    }
    for (std::size_t i = 2; i < begins->size; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return begins->size;
}

}  // namespace

std::string Translate(std::string_view sql) {
    std::string translated;
    int highest = 0;
    while (!sql.empty()) {
        if (sql.front() == '\'') {
            const auto end = std::min(sql.find('\'', 1), sql.size() - 1) + 1;
            translated += sql.substr(0, end);
            sql.remove_prefix(end);
        } else if (sql.front() == '?') {
            const auto digits = RunOf(sql.substr(1), IsDigit);
            const int number = digits == 0
                                   ? highest + 1
                                   : std::stoi(std::string(sql.substr(1, std::min(digits, std::size_t{4}))));
            highest = std::max(highest, number);
            translated += fmt::format("${}", number);
            sql.remove_prefix(1 + digits);
        } else if (sql.starts_with(kHint)) {
            sql.remove_prefix(kHint.size());
            sql.remove_prefix(RunOf(sql, IsWord));
        } else {
            translated += sql.front();
            sql.remove_prefix(1);
        }
    }
    return translated;
}

std::string_view FitText(std::string_view text, std::string& kept) {
    const auto whole = [](std::string_view all) {
        std::size_t at = 0;
        while (at < all.size()) {
            const auto size = CharacterAt(all.substr(at));
            if (size == 0) {
                break;
            }
            at += size;
        }
        return at;
    };
    auto fitting = whole(text);
    if (fitting == text.size()) {
        return text;
    }
    kept.clear();
    while (true) {
        kept += text.substr(0, fitting);
        text.remove_prefix(fitting);
        if (text.empty()) {
            return kept;
        }
        kept += kReplacement;
        text.remove_prefix(1);
        fitting = whole(text);
    }
}

}  // namespace notify::postgres
