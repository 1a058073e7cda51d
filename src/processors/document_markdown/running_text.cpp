#include "processors/document_markdown/running_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr float kEdge = 0.14F;  // of the height, at the top and at the bottom
constexpr int kRepeats = 3;     // pages with the same at the same height
constexpr float kBand = 20;     // points from the outermost line: a header of two lines
constexpr float kStep = 4;      // points: what is nearer is at one height

struct EdgeLine {
    std::size_t page = 0;
    std::size_t block = 0;
    std::size_t line = 0;
    bool top = false;
    bool told = false;  ///< The document says that it is none of the text.
    int level = 0;      ///< Its height on the page in steps of 4 points, from the edge.
    std::string words;
    std::optional<int> number;  ///< What stands first or last in it, less the page it is on.
};

std::optional<int> NumberIn(std::string_view word) {
    int value = 0;
    if (word.empty() || word.size() > 5) {
        return {};
    }
    if (std::ranges::all_of(word, [](unsigned char c) { return std::isdigit(c) != 0; })) {
        for (const char c : word) {
            value = value * 10 + (c - '0');
        }
        return value;
    }
    int last = 0;
    for (const char at : std::views::reverse(word)) {  // a roman one
        constexpr std::string_view kLetters = "ivxlc";
        constexpr std::array kValues{1, 5, 10, 50, 100};
        const auto found = kLetters.find(at);
        if (found == std::string_view::npos) {
            return {};
        }
        const int each = kValues.at(found);
        value += each < last ? -each : each;
        last = std::max(last, each);
    }
    return value;
}

std::optional<int> PageNumberIn(const std::string& words) {
    const auto first = NumberIn(words.substr(0, words.find(' ')));
    const auto last = NumberIn(words.substr(words.rfind(' ') + 1));
    return last ? last : first;
}

std::string WithoutDigits(std::string words) {
    std::ranges::replace_if(words, [](unsigned char c) { return std::isdigit(c) != 0; }, '0');
    return words;
}

/// The outermost lines of a page at one of its edges.
void AddEdge(std::vector<EdgeLine>& edges, const PageLayout& page, std::size_t index, bool top) {
    std::vector<EdgeLine> found;
    std::vector<float> heights;
    for (std::size_t b = 0; b < page.blocks.size(); ++b) {
        const auto* const column = std::get_if<Column>(&page.blocks[b]);
        for (std::size_t i = 0; column != nullptr && i < column->lines.size(); ++i) {
            const auto& line = column->lines[i];
            const float away = top ? line.box.top : page.height - line.box.bottom;
            if (away > kEdge * page.height) {
                continue;
            }
            auto words = WordsOf(line.Text());
            auto number = PageNumberIn(words);
            if (number) {
                *number -= static_cast<int>(index);
            }
            heights.push_back(away);
            found.push_back(
                {.page = index,
                 .block = b,
                 .line = i,
                 .top = top,
                 .told = line.told == kArtifact,
                 .level = static_cast<int>(std::lround(away / kStep)),
                 .words = std::move(words),
                 .number = number}
            );
        }
    }
    const auto outermost = heights.empty() ? 0 : std::ranges::min(heights);
    std::ranges::copy_if(found, std::back_inserter(edges), [&](const EdgeLine& each) {
        return static_cast<float>(each.level) * kStep <= outermost + kBand;
    });
}

/// What is repeated at the edges of pages, at one height.
class Repeated {
public:
    explicit Repeated(const std::vector<EdgeLine>& edges) {
        for (const auto& edge : edges) {
            ++same_[{edge.top, edge.level, WithoutDigits(edge.words)}];
            if (edge.number) {
                ++counted_[{edge.top, edge.level, *edge.number}];
            }
        }
    }

    [[nodiscard]] bool Has(const EdgeLine& edge) const {
        const bool only_number = edge.number == 1 && edge.words.find(' ') == std::string::npos;
        return edge.told || HasAt(edge, edge.level) || HasAt(edge, edge.level - 1) ||
               HasAt(edge, edge.level + 1) || only_number;
    }

private:
    [[nodiscard]] bool HasAt(const EdgeLine& edge, int level) const {
        const auto said = same_.find({edge.top, level, WithoutDigits(edge.words)});
        const auto number = edge.number ? counted_.find({edge.top, level, *edge.number}) : counted_.end();
        return (said == same_.end() ? 0 : said->second) >= kRepeats ||
               (number == counted_.end() ? 0 : number->second) >= kRepeats;
    }

    std::map<std::tuple<bool, int, std::string>, int> same_;  ///< What is said at this height.
    std::map<std::tuple<bool, int, int>, int> counted_;  ///< How far page numbers are from the pages' own.
};

}  // namespace

DroppedText DropRunningText(std::vector<PageLayout>& pages) {
    std::vector<EdgeLine> edges;
    for (std::size_t i = 0; i < pages.size(); ++i) {
        AddEdge(edges, pages[i], i, true);
        AddEdge(edges, pages[i], i, false);
    }
    const Repeated repeated(edges);
    DroppedText dropped;
    std::ranges::sort(edges, std::ranges::greater{}, [](const EdgeLine& edge) {
        return std::tuple(edge.page, edge.block, edge.line);
    });
    const EdgeLine* before = nullptr;
    for (const auto& edge : edges) {
        const bool again = before != nullptr && before->page == edge.page && before->block == edge.block &&
                           before->line == edge.line;
        before = &edge;
        if (again || !repeated.Has(edge)) {
            continue;
        }
        auto& lines = std::get<Column>(pages[edge.page].blocks[edge.block]).lines;
        lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(edge.line));
        ++(edge.top ? dropped.headers : dropped.footers);
    }
    return dropped;
}

}  // namespace notify::document
