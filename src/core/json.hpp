#pragma once

// Reading and writing JSON text on Boost.JSON, with limits and with errors that say where.

#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/result.hpp"

namespace notify {

/// Parses one UTF-8 JSON value of at most 64 levels; a number is the double nearest to it where it is no
/// 64-bit integer. kInvalidArgument with the offset otherwise, also for a number that is larger than any
/// double.
[[nodiscard]] Result<boost::json::value> ParseJson(std::string_view text);

/// The double nearest to a number as JSON writes it; nothing when it is larger than any. `about`: a parser's
/// own reading of it, a few units in the last place beside it.
[[nodiscard]] std::optional<double> NearestDouble(std::string_view number, double about) noexcept;

/// Compact JSON, as Boost.JSON writes it but with doubles as people write them (0.9, not 9E-1).
/// Members keep their order, so equal values made the same way give equal bytes.
[[nodiscard]] std::string ToJsonText(const boost::json::value& value);

/// Compact JSON whose object members are sorted by key at every level: what digests are taken of.
[[nodiscard]] std::string ToCanonicalJson(const boost::json::value& value);

}  // namespace notify
