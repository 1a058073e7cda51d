#pragma once

// Who appears when, for spreadsheets: one appearance a row.

#include <string>
#include <string_view>

#include "delivery/publishing/facts.hpp"

namespace notify {

/// How every such file begins.
inline constexpr std::string_view kCsvStart = "bucket,key,item,person_id,person,";

/// RFC 4180: a header, CRLF after each line, fields with commas, quotes or line breaks in quotes; UTF-8
/// without a byte order mark. Frames and timecodes are empty where there are none.
[[nodiscard]] std::string RenderCsv(const PublishedFacts& facts);

}  // namespace notify
