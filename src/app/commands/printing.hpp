#pragma once

// How commands show rows of the API to people.

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace notify {

/// A member as text: texts as they are, numbers and truth values as JSON, lists joined by commas; "" when
/// missing.
[[nodiscard]] std::string Shown(const boost::json::value& row, std::string_view member);

/// Rows under a heading, columns as wide as their widest entry. Prints `none` when there are no rows.
void PrintTable(
    const boost::json::value& answer, const std::vector<std::string>& columns, std::string_view none
);

}  // namespace notify
