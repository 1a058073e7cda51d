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
    return std::ranges::any_of(lines, [&](const Line& line) {
        const bool between = line.box.Centre() > above.bottom && line.box.Centre() < below.top;
        if (!between || SharedWidth(line.box, above) <= 0) {
            return false;
        }
        const auto text = line.Text();
        return BeginsAsCaption(text) ||
               (line.box.Width() > 0.85F * above.Width() && std::ranges::count(text, ' ') >= kSentence);
    });
}

/// Frames cut where text stands between their rules.
std::vector<Frame> Parted(const std::vector<Frame>& frames, const std::vector<Line>& lines) {
    std::vector<Frame> parted;
    for (const auto& frame : frames) {
        Frame part{.box = frame.rules.front(), .rules = {frame.rules.front()}};
        for (std::size_t i = 1; i < frame.rules.size(); ++i) {
            const auto& rule = frame.rules[i];
            if (ArePartedBy(lines, part.rules.back(), rule)) {
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
std::vector<float> EdgesOfCells(const std::vector<std::vector<Line>>& rows, const Box& box) {
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

Table Filled(
    const Box& box,
    std::vector<std::vector<Line>> rows,
    const std::vector<float>& columns,
    const std::vector<float>& levels
) {
    Table table{.box = box, .rows = {}};
    std::optional<std::size_t> open;  // the gap between rules that the last row of cells is in
    for (auto& row : rows) {
        const auto gap = levels.empty() ? table.rows.size() : GapOf(levels, row.front().box.Centre());
        if (!open || *open != gap || levels.empty()) {
            table.rows.emplace_back(columns.size() - 1);
            open = gap;
        }
        for (auto& line : row) {
            table.rows.back()[GapOf(columns, line.box.Middle())].push_back(std::move(line));
        }
    }
    return table;
}

bool LooksLikeCells(const std::vector<std::vector<Line>>& rows) {
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
    if (!is_grid) {
        columns = EdgesOfCells(rows, frame.box);
    }
    auto table = Filled(frame.box, std::move(rows), columns, each_row_ruled ? levels : std::vector<float>{});
    if (table.rows.size() < 2 || columns.size() < 3) {
        return {};
    }
    std::erase_if(lines, [&](const Line& line) { return reach.HoldsMiddleOf(line.box); });
    return table;
}

}  // namespace

std::vector<Table> TablesOf(const PageContent& page, std::vector<Line>& lines) {
    std::vector<Table> tables;
    for (const auto& frame : Parted(FramesOf(page), lines)) {
        if (auto table = TableIn(page, frame, lines)) {
            tables.push_back(std::move(*table));
        }
    }
    return tables;
}

}  // namespace notify::document
