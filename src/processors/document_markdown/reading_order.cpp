#include "processors/document_markdown/reading_order.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"

namespace notify::document {

namespace {

constexpr float kGutter = 8.0F;         // points: the narrowest strip between columns
constexpr std::size_t kFewestRows = 4;  // of each column beside another
constexpr float kNarrowest = 0.18F;     // of the width: what is narrower is no column of text
constexpr std::size_t kMaxDepth = 6;

struct Strip {
    float left = 0;
    float right = 0;
};

/// The empty strips that `row` leaves of these. One at an edge of `all` must have room for a column.
std::vector<Strip> StripsLeft(std::vector<Strip> strips, const Row& row, const Strip& all) {
    const auto is_wide = [&](const Strip& strip) {
        const bool at_edge = strip.left <= all.left || strip.right >= all.right;
        return strip.right - strip.left >= (at_edge ? kNarrowest * (all.right - all.left) : kGutter);
    };
    for (const auto& line : row) {
        std::vector<Strip> rest;
        for (const auto& strip : strips) {
            if (line.box.right <= strip.left || line.box.left >= strip.right) {
                rest.push_back(strip);
                continue;
            }
            rest.push_back({.left = strip.left, .right = line.box.left});
            rest.push_back({.left = line.box.right, .right = strip.right});
        }
        strips = std::move(rest);
    }
    std::erase_if(strips, [&](const Strip& strip) { return !is_wide(strip); });
    return strips;
}

/// What stands on one side of a strip.
class Side {
public:
    void Take(const Line& line) {
        rows_ == 0 && pieces_ == 0 ? void(box_ = line.box) : box_.Add(line.box);
        ++pieces_;
        width_ = line.box.Width();
    }

    /// Behind the pieces of one row; several are cells of a table in the column.
    void EndRow() {
        rows_ += pieces_ > 0 ? 1U : 0U;
        if (pieces_ == 1) {
            ++lines_;
            filled_ += width_;
        }
        pieces_ = 0;
    }

    /// True when it looks like a column of text and not like cells.
    [[nodiscard]] bool IsText(float width) const {
        return lines_ >= kFewestRows && 2 * lines_ > rows_ && box_.Width() > kNarrowest * width &&
               filled_ / static_cast<float>(lines_) > 0.5F * box_.Width();
    }

    [[nodiscard]] const Box& Extent() const noexcept { return box_; }

private:
    std::size_t rows_ = 0;
    std::size_t lines_ = 0;   ///< Rows of one piece.
    std::size_t pieces_ = 0;  ///< Of the row that is taken.
    float width_ = 0;         ///< Of the last piece.
    float filled_ = 0;        ///< Widths of lines, summed.
    Box box_;
};

bool AreColumns(const std::vector<Row>& rows, const Strip& strip, float width) {
    Side left;
    Side right;
    for (const auto& row : rows) {
        for (const auto& line : row) {
            (line.box.Middle() < strip.right ? left : right).Take(line);
        }
        left.EndRow();
        right.EndRow();
    }
    return left.IsText(width) && right.IsText(width) &&
           SharedHeight(left.Extent(), right.Extent()) >
               0.3F * std::min(left.Extent().Height(), right.Extent().Height());
}

class Cutter {
public:
    void Cut(std::vector<Row> rows, std::size_t depth) {
        if (rows.empty()) {
            return;
        }
        const auto box = BoxOfRows(rows);
        const Strip all{.left = box.left, .right = box.right};
        std::vector<Row> group;
        std::vector<Strip> strips{all};
        for (auto& row : rows) {
            auto left = StripsLeft(strips, row, all);
            if (!group.empty() && EndsColumns(group, strips, left, box.Width())) {
                Close(std::exchange(group, {}), strips, depth, box.Width());
                left = StripsLeft({all}, row, all);
            } else if (left.empty() && !group.empty()) {
                Emit(std::exchange(group, {}));
                left = StripsLeft({all}, row, all);
            }
            group.push_back(std::move(row));
            if (left.empty()) {  // it stands across the whole width
                Emit(std::exchange(group, {}));
                left = {all};
            }
            strips = std::move(left);
        }
        if (!group.empty()) {
            Close(std::move(group), strips, depth, box.Width());
        }
        if (depth == 0) {
            Flush();
        }
    }

    [[nodiscard]] std::vector<std::vector<Row>> Take() && { return std::move(columns_); }

private:
    /// True when there were columns, and none of the strips between them is among `left`.
    static bool EndsColumns(
        const std::vector<Row>& group,
        const std::vector<Strip>& strips,
        const std::vector<Strip>& left,
        float width
    ) {
        return std::ranges::any_of(strips, [&](const Strip& strip) {
            const bool goes_on = std::ranges::any_of(left, [&](const Strip& rest) {
                return rest.left < strip.right && rest.right > strip.left;
            });
            return !goes_on && AreColumns(group, strip, width);
        });
    }

    void Close(std::vector<Row> rows, const std::vector<Strip>& strips, std::size_t depth, float width) {
        const auto found =
            std::ranges::find_if(strips, [&](const Strip& strip) { return AreColumns(rows, strip, width); });
        if (found == strips.end() || depth == kMaxDepth) {
            Emit(std::move(rows));
            return;
        }
        Flush();
        std::vector<Line> left;
        std::vector<Line> right;
        for (auto& row : rows) {
            for (auto& line : row) {
                (line.box.Middle() < found->right ? left : right).push_back(std::move(line));
            }
        }
        Cut(RowsOf(std::move(left)), depth + 1);
        Flush();
        Cut(RowsOf(std::move(right)), depth + 1);
        Flush();
    }

    void Emit(std::vector<Row> rows) { std::ranges::move(rows, std::back_inserter(pending_)); }

    void Flush() {
        if (!pending_.empty()) {
            columns_.push_back(std::exchange(pending_, {}));
        }
    }

    std::vector<Row> pending_;  ///< Of the column that is being read.
    std::vector<std::vector<Row>> columns_;
};

}  // namespace

Box BoxOfRows(const std::vector<Row>& rows) {
    Box box = rows.front().front().box;
    for (const auto& row : rows) {
        for (const auto& line : row) {
            box.Add(line.box);
        }
    }
    return box;
}

Column ColumnOf(std::vector<Row> rows) {
    Column column{.lines = {}, .box = BoxOfRows(rows)};
    for (auto& row : rows) {
        Line joined = std::move(row.front());
        for (std::size_t i = 1; i < row.size(); ++i) {
            joined.Append(std::move(row[i]));
        }
        column.lines.push_back(std::move(joined));
    }
    return column;
}

std::vector<Row> RowsOf(std::vector<Line> lines) {
    std::ranges::stable_sort(lines, {}, [](const Line& line) { return line.baseline; });
    std::vector<Row> rows;
    for (auto& line : lines) {
        const bool same = !rows.empty() && [&] {
            const auto& last = rows.back().back();
            const auto smaller = std::min(last.box.Height(), line.box.Height());
            return SharedHeight(last.box, line.box) > 0.55F * smaller;
        }();
        if (!same) {
            rows.emplace_back();
        }
        rows.back().push_back(std::move(line));
    }
    for (auto& row : rows) {
        std::ranges::stable_sort(row, {}, [](const Line& line) { return line.box.left; });
    }
    return rows;
}

std::vector<Line> JoinedRows(std::vector<Line> lines) {
    auto rows = RowsOf(std::move(lines));
    return rows.empty() ? std::vector<Line>{} : ColumnOf(std::move(rows)).lines;
}

std::vector<std::vector<Row>> InReadingOrder(std::vector<Line> lines) {
    Cutter cutter;
    cutter.Cut(RowsOf(std::move(lines)), 0);
    return std::move(cutter).Take();
}

}  // namespace notify::document
