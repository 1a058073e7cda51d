#include "processors/document_markdown/running_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr float kEdge = 0.14F;   // of the height, at the top and at the bottom
constexpr int kRepeats = 3;      // pages with the same at the same height
constexpr float kBand = 20;      // points from the outermost line: a header of two lines
constexpr float kStep = 4;       // points: what is nearer is at one height
constexpr float kApart = 1.0F;   // of the size: room between a running header and the text
constexpr float kLarger = 1.2F;  // than the text behind it: a title of that text

struct EdgeLine {
    std::size_t page = 0;
    std::size_t block = 0;
    std::size_t line = 0;
    bool top = false;
    bool told = false;   ///< The document says that it is none of the text.
    bool apart = false;  ///< With room to text of its page, which may be what it numbers.
    int level = 0;       ///< Its height on the page in steps of 4 points, from the edge.
    std::string words;
    std::vector<int> numbers;  ///< What may be that of its page, less the page it is on.

    [[nodiscard]] bool IsNumber() const { return !numbers.empty() && words.find(' ') == std::string::npos; }
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

/// What stands first and last in a line and may be the number of its page.
std::vector<int> PageNumbersIn(const std::string& words) {
    std::vector<int> numbers;
    for (const auto& word : {words.substr(0, words.find(' ')), words.substr(words.rfind(' ') + 1)}) {
        const auto number = NumberIn(word);
        if (number && std::ranges::find(numbers, *number) == numbers.end()) {
            numbers.push_back(*number);
        }
    }
    return numbers;
}

/// With one 0 for each number: page 9 of 12 and page 10 of 12 are the same.
std::string WithoutNumbers(std::string_view words) {
    std::string same;
    for (const char c : words) {
        const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
        if (!digit || !same.ends_with('0')) {
            same += digit ? '0' : c;
        }
    }
    return same;
}

/// Something on a page, by how far it is from one of its edges.
struct Piece {
    float near = 0;
    float far = 0;
    float size = 0;  ///< Of its letters; 0 for a table or figure.
};

/// How far the text of a page is from its edge, when it has room to what stands before it there and that is
/// no title of it.
std::optional<float> TextBehind(std::vector<Piece> pieces, float height) {
    std::ranges::sort(pieces, {}, &Piece::near);
    float far = pieces.empty() ? 0 : pieces.front().far;
    for (std::size_t i = 1; i < pieces.size(); ++i) {
        const auto& before = pieces[i - 1];
        const auto& next = pieces[i];
        if (next.near - far > kApart * before.size) {
            const bool at_other_edge = next.near > (1 - kEdge) * height;
            const bool title = next.size > 0 && before.size > kLarger * next.size;
            return at_other_edge || title ? std::nullopt : std::optional(next.near);
        }
        far = std::max(far, next.far);
    }
    return {};
}

/// The outermost lines of a page at one of its edges.
void AddEdge(std::vector<EdgeLine>& edges, const PageLayout& page, std::size_t index, bool top) {
    std::vector<EdgeLine> found;
    std::vector<float> heights;
    std::vector<Piece> pieces;
    const auto add = [&](const Box& box, float size) -> const Piece& {
        return pieces.emplace_back(
            top ? Piece{.near = box.top, .far = box.bottom, .size = size}
                : Piece{.near = page.height - box.bottom, .far = page.height - box.top, .size = size}
        );
    };
    for (std::size_t b = 0; b < page.blocks.size(); ++b) {
        const auto* const column = std::get_if<Column>(&page.blocks[b]);
        if (column == nullptr) {
            add(BoxOf(page.blocks[b]), 0);
            continue;
        }
        for (std::size_t i = 0; i < column->lines.size(); ++i) {
            const auto& line = column->lines[i];
            const float away = add(line.box, line.size).near;
            if (away > kEdge * page.height) {
                continue;
            }
            auto words = WordsOf(line.Text());
            auto numbers = PageNumbersIn(words);
            for (auto& number : numbers) {
                number -= static_cast<int>(index);
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
                 .numbers = std::move(numbers)}
            );
        }
    }
    const auto text = TextBehind(std::move(pieces), page.height);
    const auto outermost = heights.empty() ? 0 : std::ranges::min(heights);
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (static_cast<float>(found[i].level) * kStep <= outermost + kBand) {
            found[i].apart = text && heights[i] < *text;
            edges.push_back(std::move(found[i]));
        }
    }
}

/// What is repeated at the edges of pages, at one height.
class Repeated {
public:
    explicit Repeated(const std::vector<EdgeLine>& edges) {
        for (const auto& edge : edges) {
            ++same_[{edge.top, edge.level, edge.words}];
            if (edge.IsNumber()) {
                Count(edge);
            }
        }
        std::set<std::size_t> numbered;  // pages: what else is counted on them are exercises, not pages
        for (const auto& edge : edges) {
            if (edge.IsNumber() && Has(edge)) {
                numbered.insert(edge.page);
            }
        }
        for (const auto& edge : edges) {
            if (edge.IsNumber() || !edge.apart || numbered.contains(edge.page)) {
                continue;
            }
            ++alike_[{edge.top, edge.level, WithoutNumbers(edge.words)}];
            Count(edge);
        }
    }

    [[nodiscard]] bool Has(const EdgeLine& edge) const {
        return edge.told || HasAt(edge, edge.level) || HasAt(edge, edge.level - 1) ||
               HasAt(edge, edge.level + 1) || (edge.IsNumber() && edge.numbers.front() == 1);
    }

private:
    using Words = std::tuple<bool, int, std::string>;
    using Number = std::tuple<bool, int, bool, int>;

    void Count(const EdgeLine& edge) {
        for (const int number : edge.numbers) {
            ++counted_[{edge.top, edge.level, edge.IsNumber(), number}];
        }
    }

    template <class Counts, class Key>
    static bool Enough(const Counts& counts, const Key& key) {
        const auto found = counts.find(key);
        return found != counts.end() && found->second >= kRepeats;
    }

    [[nodiscard]] bool HasAt(const EdgeLine& edge, int level) const {
        return Enough(same_, Words(edge.top, level, edge.words)) ||
               Enough(alike_, Words(edge.top, level, WithoutNumbers(edge.words))) ||
               std::ranges::any_of(edge.numbers, [&](int number) {
                   return Enough(counted_, Number(edge.top, level, edge.IsNumber(), number));
               });
    }

    std::map<Words, int> same_;      ///< What is said at this height.
    std::map<Words, int> alike_;     ///< The same but for numbers, apart from the text.
    std::map<Number, int> counted_;  ///< How far page numbers, alone or not, are from the pages' own.
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
