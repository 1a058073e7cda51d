#pragma once

// Layout: tables, from ruling lines and from cells that stand under each other.

#include <cstddef>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/reading_order.hpp"

namespace notify::document {

using Cell = std::vector<Line>;

struct Table {
    Box box;
    std::vector<std::vector<Cell>> rows;  ///< All of one length, 2 or more; the first is the header.
};

/// The tables of a page between ruling lines; takes their lines out of `lines`.
[[nodiscard]] std::vector<Table> TablesOf(const PageContent& page, std::vector<Line>& lines);

/// `rows` put into the cells between `columns` (edges from left to right, 3 or more). Rows between two of
/// `levels` (of horizontal rules) are one when each row is ruled, else those nearer to each other than the
/// others are.
[[nodiscard]] Table FilledTable(
    const Box& box,
    std::vector<Row> rows,
    const std::vector<float>& columns,
    const std::vector<float>& levels,
    bool each_row_ruled
);

/// The rows of a column from which on they are a table: short pieces under each other without any rule.
struct AlignedTable {
    std::size_t first = 0;
    std::size_t end = 0;
    Table table;
};

/// From top to bottom.
[[nodiscard]] std::vector<AlignedTable> AlignedTablesOf(
    const PageContent& page, const std::vector<Row>& rows
);

}  // namespace notify::document
