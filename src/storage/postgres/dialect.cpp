#include "storage/postgres/dialect.hpp"

#include <algorithm>
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

/// How many bytes the character at the start has, when it is one of UTF-8 that PostgreSQL takes; else 0.
/// Source: table 3-7 of the Unicode Standard.
std::size_t CharacterAt(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) -> unsigned {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U;
    };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const auto lead = byte(0);
    if (lead < 0x80U) {
        return lead == 0 ? 0 : 1;
    }
    if (lead >= 0xC2U && lead <= 0xDFU) {
        return tail(1) ? 2 : 0;
    }
    if (lead >= 0xE0U && lead <= 0xEFU) {
        const auto least = lead == 0xE0U ? 0xA0U : 0x80U;
        const auto most = lead == 0xEDU ? 0x9FU : 0xBFU;
        return byte(1) >= least && byte(1) <= most && tail(2) ? 3 : 0;
    }
    if (lead >= 0xF0U && lead <= 0xF4U) {
        const auto least = lead == 0xF0U ? 0x90U : 0x80U;
        const auto most = lead == 0xF4U ? 0x8FU : 0xBFU;
        return byte(1) >= least && byte(1) <= most && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
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
