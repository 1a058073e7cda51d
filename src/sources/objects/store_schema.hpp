#pragma once

// The JSON Schema of the configuration that a source of an object store has.

#include <string>
#include <string_view>

namespace notify::objects {

/// The schema of a kind: `own` are its properties, as the text between the braces of a JSON object, beside
/// those that every such source has (network, limits, credentials). `endpoint`, one of its own, is required.
[[nodiscard]] std::string StoreSchema(std::string_view own);

}  // namespace notify::objects
