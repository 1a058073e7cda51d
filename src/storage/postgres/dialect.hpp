#pragma once

// What both databases' statements are written in, as PostgreSQL reads it.

#include <string>
#include <string_view>

namespace notify::postgres {

/// The statement with its parameters as "$1": "?" is the one behind the highest so far, "?3" the third.
/// Hints to indexes, which are SQLite's alone, are left out. Texts in quotes stay as they are.
[[nodiscard]] std::string Translate(std::string_view sql);

/// The text as PostgreSQL takes it: without NUL, and UTF-8; what is neither becomes U+FFFD. `kept` holds it
/// when it had to be changed.
[[nodiscard]] std::string_view FitText(std::string_view text, std::string& kept);

}  // namespace notify::postgres
