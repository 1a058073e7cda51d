#pragma once

// Layout: which lines follow which, in columns and across them.

#include <vector>

#include "processors/document_markdown/line.hpp"

namespace notify::document {

/// A column's part: lines from top to bottom, those on one level joined.
struct Column {
    std::vector<Line> lines;
    Box box;
};

/// Cuts a page along the empty strips between columns, and where something stands across them.
[[nodiscard]] std::vector<Column> InReadingOrder(std::vector<Line> lines);

/// Lines on one level joined, from top to bottom. Used where there are no columns.
[[nodiscard]] std::vector<Line> JoinedRows(std::vector<Line> lines);

/// Lines by the level they stand on, each from left to right.
[[nodiscard]] std::vector<std::vector<Line>> RowsOf(std::vector<Line> lines);

}  // namespace notify::document
