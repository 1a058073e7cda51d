#pragma once

// The version of the program, as it is told in /openapi.json, /metrics and by --version.

#include <string_view>

namespace notify {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace notify
