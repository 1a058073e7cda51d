#pragma once

// Places in a JSON text (RFC 6901).

#include <optional>
#include <string>
#include <string_view>

namespace notify {

/// "/name" with what the syntax needs escaped: "a/b" gives "/a~1b".
[[nodiscard]] std::string PointerPart(std::string_view member);

/// Where the first member is that its object has twice; nothing when all are there once. Parsers keep either
/// one, so such a text means different things to different readers. `json` is valid.
[[nodiscard]] std::optional<std::string> RepeatedMember(std::string_view json);

}  // namespace notify
