#pragma once

// UUIDs of other systems (RFC 9562), as text.

#include <string>
#include <string_view>

namespace notify {

/// The UUID in lower case, 36 characters; "" when the text is none.
[[nodiscard]] std::string UuidOf(std::string_view text);

}  // namespace notify
