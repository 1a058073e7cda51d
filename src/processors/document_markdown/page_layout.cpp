#include "processors/document_markdown/page_layout.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <variant>
#include <vector>

#include "processors/document_markdown/figure.hpp"
#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/table.hpp"

namespace notify::document {

namespace {

/// Puts a figure or table before the first line that stands below it in its column.
void Insert(std::vector<Block>& blocks, Block block) {
    const auto box = BoxOf(block);
    auto after = blocks.end();  // the last one above it
    for (auto at = blocks.begin(); at != blocks.end(); ++at) {
        auto* const column = std::get_if<Column>(&*at);
        if (SharedWidth(BoxOf(*at), box) <= 0) {
            if (after != blocks.end() && BoxOf(*at).top < box.top) {  // the next column
                break;
            }
            continue;
        }
        if (column == nullptr) {
            if (BoxOf(*at).top >= box.bottom) {
                blocks.insert(at, std::move(block));
                return;
            }
            after = at + 1;
            continue;
        }
        const auto below = std::ranges::find_if(column->lines, [&](const Line& line) {
            return line.box.Centre() > box.Centre();
        });
        if (below == column->lines.end()) {
            after = at + 1;
            continue;
        }
        if (below == column->lines.begin()) {
            blocks.insert(at, std::move(block));
            return;
        }
        Column rest{
            .lines = {std::move_iterator(below), std::move_iterator(column->lines.end())}, .box = column->box
        };
        column->lines.erase(below, column->lines.end());
        at = blocks.insert(at + 1, std::move(block));
        blocks.insert(at + 1, std::move(rest));
        return;
    }
    blocks.insert(after, std::move(block));
}

/// A column's part with the tables that stand in it without rules.
void Append(std::vector<Block>& blocks, const PageContent& page, std::vector<Row> rows) {
    const auto append_lines = [&](std::size_t first, std::size_t end) {
        if (first < end) {
            const auto begin = std::move_iterator(rows.begin());
            blocks.emplace_back(ColumnOf(
                {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end)}
            ));
        }
    };
    std::size_t done = 0;
    for (auto& [first, end, table] : AlignedTablesOf(page, rows)) {
        append_lines(done, first);
        blocks.emplace_back(std::move(table));
        done = end;
    }
    append_lines(done, rows.size());
}

}  // namespace

const Box& BoxOf(const Block& block) {
    return std::visit([](const auto& each) -> const Box& { return each.box; }, block);
}

PageLayout LayoutOf(const PageContent& page, int number) {
    PageLayout layout{.page = number, .width = page.width, .height = page.height, .blocks = {}};
    auto lines = LinesOf(page);
    auto tables = TablesOf(page, lines);
    auto figures = FiguresOf(page, lines);
    for (auto& rows : InReadingOrder(std::move(lines))) {
        Append(layout.blocks, page, std::move(rows));
    }
    for (auto& table : tables) {
        Insert(layout.blocks, std::move(table));
    }
    for (auto& figure : figures) {
        Insert(layout.blocks, std::move(figure));
    }
    return layout;
}

}  // namespace notify::document
