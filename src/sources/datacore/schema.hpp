#pragma once

// JSON Schema of the configuration that a source of kind "datacore" has.

#include <string_view>

namespace notify::datacore {

[[nodiscard]] std::string_view Schema();

}  // namespace notify::datacore
