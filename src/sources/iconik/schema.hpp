#pragma once

// JSON Schema of the configuration that a source of kind "iconik" has.

#include <string_view>

namespace notify::iconik {

[[nodiscard]] std::string_view Schema();

}  // namespace notify::iconik
