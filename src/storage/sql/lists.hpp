#pragma once

// Lists of texts in one column: JSON.

#include <string>
#include <string_view>
#include <vector>

#include "domain/event.hpp"

namespace notify::sql {

[[nodiscard]] std::string ListToText(const std::vector<std::string>& list);
[[nodiscard]] std::vector<std::string> ListFromText(std::string_view text);

/// The same for lists of bytes, each in base 64.
[[nodiscard]] std::string BytesListToText(const std::vector<std::string>& list);
[[nodiscard]] std::vector<std::string> BytesListFromText(std::string_view text);

/// What an endpoint wants to be told about alone.
[[nodiscard]] std::string OriginsToText(const EventOrigins& origins);
[[nodiscard]] EventOrigins OriginsFromText(std::string_view text);

}  // namespace notify::sql
