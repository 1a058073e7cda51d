#pragma once

// UUIDs of other systems (RFC 9562), as text.

#include <string>
#include <string_view>

namespace notify {

/// The UUID in lower case, 36 characters; "" when the text is none.
[[nodiscard]] std::string UuidOf(std::string_view text);

/// The UUID of version 5 (RFC 9562, section 5.5) of a name in a namespace that is a UUID itself.
[[nodiscard]] std::string NamedUuid(std::string_view space, std::string_view name);

}  // namespace notify
