#pragma once

// Variables of a `.env` file and of the process.

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// Where variables come from: the process environment first, then the `.env` file.
using Variables = std::map<std::string, std::string, std::less<>>;

/// Reads the text of a `.env` file: NAME=value lines, `#` comments, single or double quotes, an optional
/// `export`; of a repeated name the last. kInvalidArgument with `name`, the file's, and the line number.
[[nodiscard]] Result<Variables> ParseDotEnv(std::string_view text, std::string_view name);

/// As ParseDotEnv, of a file of at most 1 MiB; a missing one is an empty map. Errors of ReadFile too.
[[nodiscard]] Result<Variables> ReadDotEnv(const std::filesystem::path& path);

/// Variables of this process.
[[nodiscard]] Variables ProcessEnvironment();

}  // namespace notify
