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

/// "1 photo", "2 photos".
[[nodiscard]] std::string Counted(std::string_view count, std::string_view one, std::string_view many);

/// Why and until when nothing in a bucket is processed: "held back until 2026-…: the sentence"; "" when it is
/// not held back.
[[nodiscard]] std::string HoldOf(const boost::json::value& bucket);

/// Rows under a heading, columns as wide as their widest entry. Prints `none` when there are no rows.
void PrintTable(
    const boost::json::value& answer, const std::vector<std::string>& columns, std::string_view none
);

/// How far the way to a bucket or a queue goes, a hop a line, and a sentence.
void PrintTest(const boost::json::value& test);

/// Says with which option the list goes on, when the answer is a page with more behind it.
void PrintMore(const boost::json::value& answer);

/// A document as people read it: single members a line each ("media.width  1920"), lists of objects as tables
/// of their single members, at most 50 rows.
void PrintDocument(const boost::json::value& document);

}  // namespace notify
