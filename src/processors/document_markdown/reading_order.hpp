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

/// Lines on one level, from left to right.
using Row = std::vector<Line>;

/// Cuts a page along the empty strips between columns, and where something stands across them: the rows of
/// each column's part.
[[nodiscard]] std::vector<std::vector<Row>> InReadingOrder(std::vector<Line> lines);

/// The lines of each of these rows joined; there is one at least.
[[nodiscard]] Column ColumnOf(std::vector<Row> rows);

/// The box around all of them; there is one at least.
[[nodiscard]] Box BoxOfRows(const std::vector<Row>& rows);

/// Lines on one level joined, from top to bottom. Used where there are no columns.
[[nodiscard]] std::vector<Line> JoinedRows(std::vector<Line> lines);

/// Lines by the level they stand on, each from left to right.
[[nodiscard]] std::vector<Row> RowsOf(std::vector<Line> lines);

}  // namespace notify::document
