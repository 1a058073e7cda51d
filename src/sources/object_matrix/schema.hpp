#pragma once

// JSON Schema of the configuration that a source of kind "object_matrix" has.

#include <string_view>

namespace notify::object_matrix {

[[nodiscard]] std::string_view Schema();

}  // namespace notify::object_matrix
