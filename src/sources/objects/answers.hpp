#pragma once

// What the answers of object stores have in common.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/http_client.hpp"

namespace notify::objects {

/// Without the quotation marks and without "W/".
[[nodiscard]] std::string BareEtag(std::string_view etag);

/// Content-Length; nothing when it is missing or no number.
[[nodiscard]] std::optional<std::uint64_t> ContentLength(const HttpResponse& response);

/// The number that the whole of `text` is, in decimal digits; nothing when it is none.
[[nodiscard]] std::optional<std::uint64_t> WholeNumber(std::string_view text);

/// True for what begins like a web page.
[[nodiscard]] bool LooksLikeHtml(std::string_view body);

}  // namespace notify::objects
