#include "processors/document_markdown/table.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/reading_order.hpp"

namespace notify::document {

namespace {

constexpr float kSame = 3.0F;            // points: ends of rules that are one edge
constexpr std::size_t kMaxColumns = 60;  // a grid of more is a drawing
constexpr std::size_t kMaxRules = 2'000;
constexpr float kPadded = 1.45F;  // of the size: rows whose baselines are further apart have room around them

/// Values that are nearer than kSame are one.
std::vector<float> Distinct(std::vector<float> values) {
    std::ranges::sort(values);
    std::vector<float> distinct;
    for (const float value : values) {
        if (distinct.empty() || value - distinct.back() > kSame) {
            distinct.push_back(value);
        }
    }
    return distinct;
}

/// Which of the gaps between `edges` holds `value`; the nearest at the ends.
std::size_t GapOf(const std::vector<float>& edges, float value) {
    const auto above = std::ranges::upper_bound(edges, value);
    const auto index = std::distance(edges.begin(), above);
    return static_cast<std::size_t>(
        std::clamp<std::ptrdiff_t>(index - 1, 0, static_cast<std::ptrdiff_t>(edges.size()) - 2)
    );
}

struct Frame {
    Box box;
    std::vector<Box> rules;
};

/// Rules of one width that follow each other downwards.
std::vector<Frame> FramesOf(const PageContent& page) {
    auto rules = page.rules;
    if (rules.size() > kMaxRules) {
        return {};
    }
    std::ranges::sort(rules, {}, &Box::top);
    std::vector<Frame> frames;
    for (const auto& rule : rules) {
        const auto found = std::ranges::find_if(frames, [&](const Frame& frame) {
            return SharedWidth(frame.box, rule) > 0.9F * rule.Width();
        });
        if (found == frames.end() || rule.Width() > found->box.Width() + 2 * kSame) {
            frames.push_back({.box = rule, .rules = {rule}});
        } else {
            found->box.Add(rule);
            found->rules.push_back(rule);
        }
    }
    std::erase_if(frames, [](const Frame& frame) {
        return frame.rules.size() < 2 || frame.box.Height() < 8 || frame.box.Width() < 40;
    });
    return frames;
}

/// True when text stands between two rules and no cells: they belong to two tables.
bool ArePartedBy(const std::vector<Line>& lines, const Box& above, const Box& below) {
    constexpr int kSentence = 9;  // words
    constexpr int kFewWords = 4;
    int full = 0;  // lines of text as wide as the rules
    return std::ranges::any_of(lines, [&](const Line& line) {
        const bool between = line.box.Centre() > above.bottom && line.box.Centre() < below.top;
        if (!between || SharedWidth(line.box, above) <= 0) {
            return false;
        }
        const auto text = line.Text();
        const auto spaces = std::ranges::count(text, ' ');
        const bool wide = line.box.Width() > 0.85F * above.Width();
        full += wide && spaces >= kFewWords ? 1 : 0;
        return BeginsAsCaption(text) || (wide && spaces >= kSentence) || full > 1;
    });
}

/// True when a grid ends between two of its rules: no vertical rule leads from one to the other.
bool GridEnds(const std::vector<Box>& posts, const Box& above, const Box& below) {
    const auto crosses = [&](const Box& post, float level) {
        return SharedWidth(post, above) > -kSame && post.top < level + kSame && post.bottom > level - kSame;
    };
    const bool is_grid = std::ranges::any_of(posts, [&](const Box& post) {
        return crosses(post, above.Centre()) && post.Middle() > above.left + kSame &&
               post.Middle() < above.right - kSame;
    });
    return is_grid && std::ranges::none_of(posts, [&](const Box& post) {
               return crosses(post, (above.bottom + below.top) / 2);
           });
}

/// Frames cut where text stands between their rules.
std::vector<Frame> Parted(
    const std::vector<Frame>& frames, const std::vector<Line>& lines, const std::vector<Box>& posts
) {
    std::vector<Frame> parted;
    for (const auto& frame : frames) {
        Frame part{.box = frame.rules.front(), .rules = {frame.rules.front()}};
        for (std::size_t i = 1; i < frame.rules.size(); ++i) {
            const auto& rule = frame.rules[i];
            if (ArePartedBy(lines, part.rules.back(), rule) || GridEnds(posts, part.rules.back(), rule)) {
                parted.push_back(std::exchange(part, {.box = rule, .rules = {rule}}));
            } else {
                part.box.Add(rule);
                part.rules.push_back(rule);
            }
        }
        parted.push_back(std::move(part));
    }
    std::erase_if(parted, [](const Frame& frame) { return frame.rules.size() < 2; });
    return parted;
}

std::vector<float> EdgesOfPosts(const PageContent& page, const Box& box) {
    std::vector<float> edges;
    for (const auto& post : page.posts) {
        if (SharedHeight(post, box) > 0.3F * post.Height() && post.Middle() > box.left - kSame &&
            post.Middle() < box.right + kSame) {
            edges.push_back(post.Middle());
        }
    }
    edges.push_back(box.left);
    edges.push_back(box.right);
    return Distinct(std::move(edges));
}

/// Edges between columns of cells, from the row of which there are most of a kind.
std::vector<float> EdgesOfCells(const std::vector<Row>& rows, const Box& box) {
    std::vector<std::size_t> counts(kMaxColumns + 1);
    for (const auto& row : rows) {
        counts[std::min(row.size(), kMaxColumns)] += row.size();
    }
    const auto columns = static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin());
    std::vector<Box> extents(columns);
    bool first = true;
    for (const auto& row : rows) {
        if (row.size() != columns) {
            continue;
        }
        for (std::size_t i = 0; i < columns; ++i) {
            first ? void(extents[i] = row[i].box) : extents[i].Add(row[i].box);
        }
        first = false;
    }
    std::vector<float> edges{box.left};
    for (std::size_t i = 1; i < columns; ++i) {
        edges.push_back((extents[i - 1].right + extents[i].left) / 2);
    }
    edges.push_back(std::max(box.right, edges.back()));
    return edges;
}

/// The step from the row before, in sizes of the text; nothing when a rule stands between them.
std::optional<float> StepTo(const Row& row, const Row& before, const std::vector<float>& levels) {
    const float from = before.front().baseline;
    const float to = row.front().baseline;
    const bool ruled = std::ranges::any_of(levels, [&](float level) { return level > from && level < to; });
    return ruled ? std::nullopt : std::optional((to - from) / row.front().size);
}

/// Which rows go on in the one above: where rows have room around them, those that have none.
std::vector<bool> GoingOn(const std::vector<Row>& rows, const std::vector<float>& levels) {
    std::vector<bool> goes_on(rows.size());
    float farthest = 0;
    for (std::size_t i = 1; i < rows.size(); ++i) {
        farthest = std::max(farthest, StepTo(rows[i], rows[i - 1], levels).value_or(0));
    }
    for (std::size_t i = 1; farthest > kPadded && i < rows.size(); ++i) {
        const auto step = StepTo(rows[i], rows[i - 1], levels);
        goes_on[i] = step && *step < kPadded;
    }
    return goes_on;
}

/// True for a grid with text in too few of its cells: the ground of a plot.
bool IsSparse(const Table& table) {
    constexpr float kFewest = 0.4F;
    std::size_t filled = 0;
    for (const auto& row : table.rows) {
        filled += static_cast<std::size_t>(std::ranges::count_if(row, [](const Cell& cell) {
            return !cell.empty();
        }));
    }
    return static_cast<float>(filled) <
           kFewest * static_cast<float>(table.rows.size() * table.rows.front().size());
}

bool LooksLikeCells(const std::vector<Row>& rows) {
    const auto several = std::ranges::count_if(rows, [](const auto& row) { return row.size() > 1; });
    return several >= 2 && 2 * static_cast<std::size_t>(several) >= rows.size();
}

std::optional<Table> TableIn(const PageContent& page, const Frame& frame, std::vector<Line>& lines) {
    auto reach = frame.box;
    reach.left -= kSame;
    reach.right += kSame;
    std::vector<Line> inside;
    std::ranges::copy_if(lines, std::back_inserter(inside), [&](const Line& line) {
        return reach.HoldsMiddleOf(line.box);
    });
    auto rows = RowsOf(std::move(inside));
    auto columns = EdgesOfPosts(page, frame.box);
    const bool is_grid = columns.size() > 2 && columns.size() <= kMaxColumns;
    if (rows.size() < 2 || (!is_grid && !LooksLikeCells(rows))) {
        return {};
    }
    std::vector<float> levels;
    levels.reserve(frame.rules.size());
    for (const auto& rule : frame.rules) {
        levels.push_back(rule.Centre());
    }
    levels = Distinct(std::move(levels));
    const bool each_row_ruled = is_grid && levels.size() > 3;
    rows = RowsOf(CellLinesOf(page, reach, is_grid ? columns : std::vector<float>{}));
    if (!is_grid) {
        columns = EdgesOfCells(rows, frame.box);
    }
    auto table = FilledTable(frame.box, std::move(rows), columns, levels, each_row_ruled);
    if (table.rows.size() < 2 || columns.size() < 3 || (is_grid && IsSparse(table))) {
        return {};
    }
    std::erase_if(lines, [&](const Line& line) { return reach.HoldsMiddleOf(line.box); });
    return table;
}

}  // namespace

Table FilledTable(
    const Box& box,
    std::vector<Row> rows,
    const std::vector<float>& columns,
    const std::vector<float>& levels,
    bool each_row_ruled
) {
    Table table{.box = box, .rows = {}};
    const auto goes_on = GoingOn(rows, levels);
    std::optional<std::size_t> open;  // the gap between rules that the last row of cells is in
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto gap = each_row_ruled ? GapOf(levels, rows[i].front().box.Centre()) : 0;
        if (!open || (each_row_ruled ? *open != gap : !goes_on[i])) {
            table.rows.emplace_back(columns.size() - 1);
            open = gap;
        }
        for (auto& line : rows[i]) {
            table.rows.back()[GapOf(columns, line.box.Middle())].push_back(std::move(line));
        }
    }
    return table;
}

std::vector<Table> TablesOf(const PageContent& page, std::vector<Line>& lines) {
    std::vector<Table> tables;
    for (const auto& frame : Parted(FramesOf(page), lines, page.posts)) {
        if (auto table = TableIn(page, frame, lines)) {
            tables.push_back(std::move(*table));
        }
    }
    return tables;
}

}  // namespace notify::document
