#include "processors/document_markdown/headings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <ranges>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/pdf_document.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr std::size_t kLongest = 160;  // letters of a heading
constexpr float kLarger = 1.08F;       // than the body
constexpr int kDeepest = 6;

bool IsNumberWord(std::string_view word) {
    const bool digits = !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos;
    constexpr std::array<std::string_view, 4> kWords{"chapter", "appendix", "part", "section"};
    return digits || std::ranges::find(kWords, word) != kWords.end() || (word.size() == 1 && word != "a");
}

/// How deep its number is: 2 for "2.1 Files", 0 without a number.
int DepthOfNumber(const std::string& text) {
    std::size_t at = 0;
    int depth = 0;
    while (at < text.size()) {
        const auto end = text.find_first_not_of("0123456789", at);
        const bool letter =
            depth == 0 && at + 1 < text.size() && text[at] >= 'A' && text[at] <= 'Z' && text[at + 1] == '.';
        if (end == at && !letter) {
            return depth;
        }
        ++depth;
        at = letter ? at + 1 : std::min(end, text.size());
        if (at >= text.size() || text[at] != '.') {
            return at < text.size() && text[at] == ' ' ? depth : 0;
        }
        ++at;
        if (at < text.size() && text[at] == ' ') {
            return depth;
        }
    }
    return 0;
}

template <class Visit>
void ForLines(const std::vector<PageLayout>& pages, const Visit& visit) {
    for (const auto& page : pages) {
        for (const auto& block : page.blocks) {
            if (const auto* const column = std::get_if<Column>(&block)) {
                for (const auto& line : column->lines) {
                    visit(line, page.page);
                }
            }
        }
    }
}

std::string TextOf(const std::vector<Line>& lines) {
    std::string text;
    for (const auto& line : lines) {
        text += (text.empty() ? "" : " ") + line.Text();
    }
    return text;
}

}  // namespace

std::string WithoutNumber(std::string words) {
    while (!words.empty()) {
        const auto end = words.find(' ');
        if (end == std::string::npos || !IsNumberWord(std::string_view(words).substr(0, end))) {
            return words;
        }
        words.erase(0, end + 1);
    }
    return words;
}

Headings::Headings(const std::vector<PageLayout>& pages, const std::vector<Bookmark>& outline) {
    std::map<Style, std::size_t> letters;
    ForLines(pages, [&](const Line& line, int) {
        if (!line.Is(kMono)) {
            letters[{static_cast<int>(std::lround(line.size * 2)), line.Is(kBold)}] += line.Text().size();
        }
    });
    const auto most = std::ranges::max_element(letters, {}, [](const auto& each) { return each.second; });
    if (most != letters.end()) {
        body_ = static_cast<float>(most->first.first) / 2;
        body_bold_ = most->first.second;
    }
    for (const auto& each : outline) {
        titles_.insert(WithoutNumber(WordsOf(each.title)));
        outline_[each.page].emplace_back(WithoutNumber(WordsOf(each.title)), each.level);
    }
    LearnStyles(pages);
}

Headings::Style Headings::StyleOf(const Line& line) {
    return {static_cast<int>(std::lround(line.size * 2)), line.Is(kBold)};
}

bool Headings::StandsOut(const Line& line) const {
    const auto text = line.Text();
    const bool larger = line.size > kLarger * body_;
    const bool bold = line.Is(kBold) && !body_bold_ && line.size > 0.95F * body_;
    const auto words = WordsOf(text);
    const bool speaks = std::ranges::any_of(CodesOf(words), IsLetter);
    const bool looks_so = (larger || bold) && !line.Is(kMono);
    return (looks_so || line.told > 0) && speaks && text.size() <= kLongest;
}

bool Headings::IsNumberAlone(const Line& line) {
    const auto words = WordsOf(line.Text());
    const auto space = words.find(' ');
    return space != std::string::npos && words.find(' ', space + 1) == std::string::npos &&
           IsNumberWord(words.substr(0, space)) && IsNumberWord(words.substr(space + 1));
}

bool Headings::AreOne(const Line& line, const Line& next) const {
    return StandsOut(next) && StyleOf(line).second == StyleOf(next).second && line.told == next.told &&
           std::abs(line.size - next.size) < 0.06F * line.size &&
           next.baseline - line.baseline < 1.7F * next.size && next.baseline > line.baseline &&
           DepthOfNumber(next.Text()) == 0;
}

/// Levels go by size, then weight. With an outline, a style has the level of most entries that look so.
void Headings::LearnStyles(const std::vector<PageLayout>& pages) {
    std::map<Style, std::size_t> standing;
    std::map<Style, std::map<int, int>> told;
    ForLines(pages, [&](const Line& line, int page) {
        if (!StandsOut(line)) {
            return;
        }
        ++standing[StyleOf(line)];
        if (const int level = InOutline(WordsOf(line.Text()), page)) {
            ++told[StyleOf(line)][level];
        }
    });
    int level = 0;
    for (const auto& each : std::views::reverse(standing)) {
        level = std::min(level + 1, kDeepest);
        levels_[each.first] = level;
    }
    for (const auto& [style, levels] : told) {
        told_.insert(style);
        largest_told_ = std::max(largest_told_, style.first);
        levels_[style] =
            std::ranges::max_element(levels, {}, [](const auto& each) { return each.second; })->first;
    }
}

int Headings::InOutline(const std::string& words, int page) const {
    const auto found = outline_.find(page);
    if (found == outline_.end()) {
        return 0;
    }
    const auto plain = WithoutNumber(words);
    const auto entry =
        std::ranges::find_if(found->second, [&](const auto& each) { return each.first == plain; });
    return entry == found->second.end() ? 0 : entry->second;
}

bool Headings::IsEntry(const std::string& text) const {
    const auto words = WordsOf(text);
    const auto space = words.rfind(' ');
    return space != std::string::npos &&
           words.find_first_not_of("0123456789ivxl", space + 1) == std::string::npos &&
           titles_.contains(WithoutNumber(words.substr(0, space)));
}

int Headings::LevelToldOf(const std::vector<Line>& lines, int page) const {
    return InOutline(WordsOf(TextOf(lines)), page);
}

int Headings::LevelOf(const std::vector<Line>& lines, int page) const {
    const auto text = TextOf(lines);
    const auto words = WordsOf(text);
    if (words.empty() || text.size() > 2 * kLongest) {
        return 0;
    }
    if (const int told = InOutline(words, page)) {
        return told;
    }
    if (!std::ranges::all_of(lines, [this](const Line& line) { return StandsOut(line); })) {
        return 0;
    }
    if (lines.front().told > 0) {
        return lines.front().told;
    }
    const auto look = StyleOf(lines.front());
    const bool front_matter = !told_.empty() && page < outline_.upper_bound(-1)->first;
    if (front_matter && !told_.contains(look) && look.first <= largest_told_) {
        return 0;  // subtitles, authors, publishers
    }
    const int depth = DepthOfNumber(text);
    const bool larger = lines.front().size > kLarger * body_;
    const bool sentence = text.ends_with('.') || text.ends_with(',') || text.ends_with(':');
    if (!larger && (depth == 0 || sentence) && (sentence || text.size() > 80)) {
        return 0;
    }
    const auto style = levels_.find(look);
    return outline_.empty() && depth > 0 ? std::min(depth + 1, kDeepest)
           : style == levels_.end()      ? kDeepest
                                         : style->second;
}

}  // namespace notify::document
