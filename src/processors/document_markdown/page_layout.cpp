#include "processors/document_markdown/page_layout.hpp"

#include <algorithm>
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
    for (auto at = blocks.begin(); at != blocks.end(); ++at) {
        auto* const column = std::get_if<Column>(&*at);
        if (SharedWidth(BoxOf(*at), box) <= 0) {
            continue;
        }
        if (column == nullptr) {
            if (BoxOf(*at).top >= box.bottom) {
                blocks.insert(at, std::move(block));
                return;
            }
            continue;
        }
        const auto below = std::ranges::find_if(column->lines, [&](const Line& line) {
            return line.box.Centre() > box.Centre();
        });
        if (below == column->lines.end()) {
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
    blocks.push_back(std::move(block));
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
    auto columns = InReadingOrder(std::move(lines));
    std::ranges::move(columns, std::back_inserter(layout.blocks));
    for (auto& table : tables) {
        Insert(layout.blocks, std::move(table));
    }
    for (auto& figure : figures) {
        Insert(layout.blocks, std::move(figure));
    }
    return layout;
}

}  // namespace notify::document
