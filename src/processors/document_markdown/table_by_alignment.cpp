#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/table.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr std::size_t kFewestRows = 3;
constexpr std::size_t kMostColumns = 20;
constexpr float kFarthestRow = 3.0F;   // of the size, between baselines
constexpr float kFewestFilled = 0.7F;  // of the cells
constexpr float kMostWords = 4;        // of a cell, on average

std::size_t WordsIn(const Line& line) {
    return static_cast<std::size_t>(std::ranges::count(line.Text(), ' ')) + 1;
}

bool MayBeCells(const Row& row) {
    return row.size() > 1 && std::ranges::none_of(row, [](const Line& line) { return line.Is(kMono); });
}

bool IsNear(const Row& row, const Row& before) {
    const auto step = row.front().baseline - before.front().baseline;
    return step > 0 && step < kFarthestRow * row.front().size;
}

/// The middles of the empty strips between what stands in these rows, with the outer edges.
std::vector<float> EdgesOf(const std::vector<Row>& rows) {
    std::vector<std::pair<float, float>> extents;
    for (const auto& row : rows) {
        for (const auto& line : row) {
            extents.emplace_back(line.box.left, line.box.right);
        }
    }
    std::ranges::sort(extents);
    std::vector<float> edges{extents.front().first};
    float right = extents.front().second;
    for (const auto& [left, end] : extents) {
        if (left > right) {
            edges.push_back((left + right) / 2);
        }
        right = std::max(right, end);
    }
    edges.push_back(right);
    return edges;
}

/// The number a cell is, nothing for other text.
std::optional<int> NumberIn(const Cell& cell) {
    constexpr std::size_t kDigits = 5;
    const auto text = cell.size() == 1 ? cell.front().Text() : std::string();
    if (text.empty() || text.size() > kDigits || !std::ranges::all_of(CodesOf(text), IsDigit)) {
        return {};
    }
    return std::stoi(text);
}

/// True for titles with the pages they stand on, which go up.
bool ListsPages(const Table& table) {
    int last = 0;
    return std::ranges::all_of(table.rows, [&](const auto& row) {
        const auto number = NumberIn(row.back());
        return number && *number >= std::exchange(last, *number);
    });
}

/// True when cells are short and most are filled, and it is no list of what stands on which page.
bool IsTable(const Table& table) {
    std::size_t filled = 0;
    std::size_t words = 0;
    std::size_t marks = 0;
    for (const auto& row : table.rows) {
        for (const auto& cell : row) {
            filled += cell.empty() ? 0U : 1U;
            for (const auto& line : cell) {
                words += WordsIn(line);
            }
        }
        constexpr std::size_t kMark = 3;  // letters of a bullet or of an item's number
        marks += row.front().size() == 1 && row.front().front().Text().size() <= kMark ? 1U : 0U;
    }
    const auto rows = table.rows.size();
    const auto cells = static_cast<float>(rows * table.rows.front().size());
    return rows >= kFewestRows && static_cast<float>(filled) >= kFewestFilled * cells &&
           static_cast<float>(words) <= kMostWords * static_cast<float>(filled) && marks < rows &&
           !ListsPages(table);
}

std::vector<Row> CellRows(const PageContent& page, const std::vector<Row>& rows) {
    auto area = BoxOfRows(rows);
    area.left -= 1;
    area.right += 1;
    return RowsOf(CellLinesOf(page, area, {}));
}

/// The table that begins with row `first`, if one does.
std::optional<AlignedTable> TableAt(
    const PageContent& page, const std::vector<Row>& rows, std::size_t first
) {
    auto end = first;
    while (end < rows.size() && MayBeCells(rows[end]) && (end == first || IsNear(rows[end], rows[end - 1]))) {
        ++end;
    }
    if (end - first + 1 < kFewestRows) {
        return {};
    }
    const auto at = [&](std::size_t row) { return rows.begin() + static_cast<std::ptrdiff_t>(row); };
    auto cells = CellRows(page, {at(first), at(end)});
    auto edges = EdgesOf(cells);
    if (first > 0 && IsNear(rows[first], rows[first - 1])) {  // a header whose cells are near each other
        auto more = CellRows(page, {at(first - 1), at(end)});
        auto wider = EdgesOf(more);
        if (wider.size() == edges.size() && more.front().size() + 1 == edges.size()) {
            --first;
            cells = std::move(more);
            edges = std::move(wider);
        }
    }
    if (edges.size() < 3 || edges.size() > kMostColumns) {
        return {};
    }
    const auto box = BoxOfRows(cells);
    auto table = FilledTable(box, std::move(cells), edges, {}, false);
    return IsTable(table) ? std::optional(AlignedTable{.first = first, .end = end, .table = std::move(table)})
                          : std::nullopt;
}

}  // namespace

std::vector<AlignedTable> AlignedTablesOf(const PageContent& page, const std::vector<Row>& rows) {
    std::vector<AlignedTable> tables;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!MayBeCells(rows[i])) {
            continue;
        }
        if (auto table = TableAt(page, rows, i)) {
            i = table->end - 1;
            tables.push_back(std::move(*table));
        }
    }
    return tables;
}

}  // namespace notify::document
