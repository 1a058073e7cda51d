#pragma once

// Layout: tables, from ruling lines and from cells that stand under each other.

#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"

namespace notify::document {

using Cell = std::vector<Line>;

struct Table {
    Box box;
    std::vector<std::vector<Cell>> rows;  ///< All of one length, 2 or more; the first is the header.
};

/// The tables of a page between ruling lines; takes their lines out of `lines`.
[[nodiscard]] std::vector<Table> TablesOf(const PageContent& page, std::vector<Line>& lines);

}  // namespace notify::document
