#pragma once

// Configurations that a JSON Schema describes: checked, completed, in one canonical form.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// Checks `text` (a JSON object, "" means {}) against `schema`, fills in its defaults, returns canonical
/// JSON. Of JSON Schema 2020-12 it knows, for the members of one object: type, minimum, maximum, enum,
/// default, required; other members are refused. kInvalidArgument with the JSON pointer of the fault: "/fps:
/// 0 is less than 0.2". `name` is of what is configured, for the sentence.
[[nodiscard]] Result<std::string> NormaliseJson(
    std::string_view name, std::string_view schema, std::string_view text
);

}  // namespace notify
