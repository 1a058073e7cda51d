#pragma once

// Layout: a page as blocks in reading order.

#include <string>
#include <variant>
#include <vector>

#include "processors/document_markdown/figure.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/table.hpp"

namespace notify::document {

using Block = std::variant<Column, Table, Figure>;

struct PageLayout {
    int page = 0;  ///< From 0.
    float width = 0;
    float height = 0;
    std::vector<Block> blocks;
};

/// Figures and tables are taken out, what remains is read in columns; then each is put where it stands.
[[nodiscard]] PageLayout LayoutOf(const PageContent& page, int number);

[[nodiscard]] const Box& BoxOf(const Block& block);

}  // namespace notify::document
