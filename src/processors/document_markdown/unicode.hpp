#pragma once

// Text as PDFium gives it, as UTF-8 that people search in.

#include <string>
#include <string_view>

namespace notify::document {

/// Appends a code point; ligatures of Latin letters are taken apart, what is no character becomes nothing.
void AppendUtf8(std::string& text, char32_t code);

[[nodiscard]] std::string Utf8Of(std::u16string_view text);

/// The code points of UTF-8; bytes that are none are left out.
[[nodiscard]] std::u32string CodesOf(std::string_view text);

/// The letters and digits of `text` in lower case (ASCII, Latin-1, Greek and Cyrillic letters), words with
/// one space between.
[[nodiscard]] std::string WordsOf(std::string_view text);

[[nodiscard]] bool IsLetter(char32_t code) noexcept;
[[nodiscard]] bool IsDigit(char32_t code) noexcept;
[[nodiscard]] bool IsLower(char32_t code) noexcept;
[[nodiscard]] char32_t LowerOf(char32_t code) noexcept;

/// True for letters that are written from right to left (Hebrew, Arabic and their presentation forms).
[[nodiscard]] bool IsRightToLeft(char32_t code) noexcept;

}  // namespace notify::document
