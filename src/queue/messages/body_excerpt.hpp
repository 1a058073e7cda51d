#pragma once

// The body of a message as it is kept and shown: its first bytes, without secrets.

#include <cstddef>
#include <string>
#include <string_view>

namespace notify {

inline constexpr std::size_t kMostExcerptBytes = std::size_t{64} << 10U;

struct BodyExcerpt {
    std::string text;      ///< UTF-8, at most kMostExcerptBytes.
    bool is_whole = true;  ///< Nothing but secrets is missing.
};

/// In JSON, also in JSON that stands in its strings and in base 64, the values of members that hold secrets
/// (auth_token, authorization, …) and all headers and cookies are "(removed)"; what is no JSON ends with the
/// first name of a secret. Bytes that are no UTF-8 are written as \xNN.
[[nodiscard]] BodyExcerpt ExcerptOf(std::string_view body);

}  // namespace notify
