#pragma once

// Sizes and ages as people type them.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// Bytes of "1500", "10MB", "1.5 GB", "2GiB": kB, MB, GB, TB are powers of 1000, KiB, MiB, GiB, TiB of 1024,
/// in any case. kInvalidArgument with a sentence.
[[nodiscard]] Result<std::int64_t> ParseBytes(std::string_view text);

/// Seconds of "30s", "90m", "2h", "7d", "4w"; a number alone is seconds. kInvalidArgument with a sentence.
[[nodiscard]] Result<std::int64_t> ParseAge(std::string_view text);

/// For CLI11: "" when the text can be read as that, else why not. "" is good too: it takes a bound away.
[[nodiscard]] std::string IsBytes(const std::string& text);
[[nodiscard]] std::string IsAge(const std::string& text);

}  // namespace notify
