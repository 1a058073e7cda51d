#include "processors/document_markdown/paragraphs.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "processors/document_markdown/headings.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr float kParagraphGap = 1.45F;  // of the size, between baselines; lines of one paragraph are nearer
constexpr float kIndent = 0.8F;         // of the size
constexpr float kAsideSize = 0.93F;     // of the body's

enum class Mark : std::uint8_t { kNone, kBullet, kNumber };

/// How the text of an item begins.
Mark MarkOf(const std::string& text) {
    const auto codes = CodesOf(std::string_view(text).substr(0, 24));
    constexpr std::u32string_view kBullets =
        U"\u2022\u25E6\u25AA\u2023\u2013\u2217\u00B7\u25CF\u25CB\u25A0\u25A1\u25B8\u25BA*-\uF0B7";
    if (codes.size() > 1 && kBullets.find(codes[0]) != std::u32string_view::npos && codes[1] == U' ') {
        return Mark::kBullet;
    }
    std::size_t at = !codes.empty() && codes[0] == U'(' ? 1 : 0;
    const auto begin = at;
    while (at < codes.size() && IsDigit(codes[at])) {
        ++at;
    }
    if (at == begin && at < codes.size() && IsLetter(codes[at]) && begin == 1) {
        ++at;
    }
    const bool closed =
        at + 1 < codes.size() && (codes[at] == U'.' || codes[at] == U')') && codes[at + 1] == U' ';
    return at > begin && at - begin <= 3 && closed ? Mark::kNumber : Mark::kNone;
}

bool HasLeaders(const std::string& text) {
    return text.find(". . . .") != std::string::npos || text.find("......") != std::string::npos;
}

/// True for a footnote's first line: a small one behind a raised sign.
bool IsNote(const Line& line) {
    return line.spans.size() > 1 && (line.spans.front().look & kRaised) != 0;
}

/// Cuts one column; each call looks at the line and those around it.
class Cutter {
public:
    Cutter(Column column, const Headings& headings, int page)
        : column_(std::move(column)), headings_(headings), page_(page) {}

    std::vector<Paragraph> All() && {
        for (std::size_t i = 0; i < column_.lines.size();) {
            i = column_.lines[i].Is(kMono)              ? Code(i)
                : headings_.StandsOut(column_.lines[i]) ? Heading(i)
                                                        : Text(i);
        }
        return std::move(paragraphs_);
    }

private:
    std::size_t Code(std::size_t first) {
        auto end = first;
        while (end < column_.lines.size() && column_.lines[end].Is(kMono)) {
            ++end;
        }
        Add(ParagraphKind::kCode, first, end);
        return end;
    }

    std::size_t Heading(std::size_t first) {
        auto end = first + 1;
        if (end < column_.lines.size() && Headings::IsNumberAlone(column_.lines[first]) &&
            headings_.StandsOut(column_.lines[end])) {
            ++end;
        }
        while (end < column_.lines.size() && end - first < 4 &&
               headings_.LevelToldOf(Lines(first, end), page_) == 0 &&
               headings_.AreOne(column_.lines[end - 1], column_.lines[end])) {
            ++end;
        }
        const int level = headings_.LevelOf(Lines(first, end), page_);
        const bool told =
            column_.lines[first].told > 0 || headings_.LevelToldOf(Lines(first, end), page_) != 0;
        if (level == 0 || (!told && (RunsIn(end) || headings_.IsEntry(column_.lines[first].Text())))) {
            return Text(first);
        }
        Add(ParagraphKind::kHeading, first, end).level = level;
        return end;
    }

    std::size_t Text(std::size_t first) {
        const auto text = column_.lines[first].Text();
        const auto mark = MarkOf(text);
        auto end = first + 1;
        while (end < column_.lines.size() && !BeginsAnother(first, end)) {
            ++end;
        }
        const bool small = column_.lines[first].size < kAsideSize * headings_.BodySize();
        const auto kind = mark != Mark::kNone || IsEntry(text) ? ParagraphKind::kItem
                          : small || BeginsAsCaption(text)     ? ParagraphKind::kAside
                                                               : ParagraphKind::kText;
        auto& added = Add(kind, first, end);
        added.counted = mark == Mark::kNumber;
        added.bulleted = mark == Mark::kBullet;
        if (kind == ParagraphKind::kItem) {
            added.level = LevelOfItem(added.lines.front());
        } else {
            items_.clear();
        }
        return end;
    }

    /// A line of a table of contents.
    [[nodiscard]] bool IsEntry(const std::string& text) const {
        return HasLeaders(text) || headings_.IsEntry(text);
    }

    [[nodiscard]] bool BeginsAnother(std::size_t first, std::size_t at) const {
        const auto& line = column_.lines[at];
        const auto& before = column_.lines[at - 1];
        const auto step = line.baseline - before.baseline;
        const auto size = std::max(line.size, before.size);
        if (step < 0 || step > kParagraphGap * size || BeginsCode(first, at) ||
            std::min(line.size, before.size) < 0.85F * size || MarkOf(line.Text()) != Mark::kNone ||
            IsEntry(line.Text()) || IsEntry(before.Text()) || BeginsAsCaption(line.Text()) || IsNote(line)) {
            return true;
        }
        if (headings_.StandsOut(line) && !headings_.StandsOut(before)) {
            return headings_.LevelOf({line}, page_) > 0;
        }
        return ShiftBegins(first, at);
    }

    /// Code that stands alone; a long address that goes on in the next line does not.
    [[nodiscard]] bool BeginsCode(std::size_t first, std::size_t at) const {
        const auto& before = column_.lines[at - 1];
        return column_.lines[at].Is(kMono) &&
               (column_.lines[first].Is(kMono) || (before.spans.back().look & kMono) == 0);
    }

    /// A line of this look begins a paragraph that goes on beside or right below it.
    [[nodiscard]] bool RunsIn(std::size_t end) const {
        if (end == column_.lines.size() || column_.lines[end - 1].size > 1.05F * headings_.BodySize()) {
            return false;
        }
        const auto& next = column_.lines[end].spans.front().text;
        const auto word = static_cast<float>(std::min(next.find(' '), next.size()) + 1);
        constexpr float kLetter = 0.6F;  // of the size, wide
        if (column_.lines[end - 1].box.right + word * kLetter * column_.lines[end].size < column_.box.right) {
            return false;  // there was room for its first word
        }
        const auto step = column_.lines[end].baseline - column_.lines[end - 1].baseline;
        return step > 0 && step < kParagraphGap * column_.lines[end].size && !column_.lines[end].Is(kMono);
    }

    /// By where lines begin: text that is indented first, or items that hang.
    [[nodiscard]] bool ShiftBegins(std::size_t first, std::size_t at) const {
        const auto& line = column_.lines[at];
        const auto shift = line.box.left - column_.lines[at - 1].box.left;
        if (shift > kIndent * line.size) {
            const bool hangs = at == first + 1 && at + 1 < column_.lines.size() &&
                               std::abs(column_.lines[at + 1].box.left - line.box.left) < 1;
            return !hangs && MarkOf(column_.lines[first].Text()) == Mark::kNone;
        }
        return shift < -kIndent * line.size && at > first + 1;
    }

    int LevelOfItem(const Line& line) {
        while (!items_.empty() && items_.back() > line.box.left + kIndent * line.size) {
            items_.pop_back();
        }
        if (items_.empty() || items_.back() < line.box.left - kIndent * line.size) {
            items_.push_back(line.box.left);
        }
        constexpr std::size_t kDeepest = 6;
        return static_cast<int>(std::min(items_.size(), kDeepest)) - 1;
    }

    [[nodiscard]] std::vector<Line> Lines(std::size_t first, std::size_t end) const {
        const auto begin = column_.lines.begin();
        return {begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end)};
    }

    Paragraph& Add(ParagraphKind kind, std::size_t first, std::size_t end) {
        return paragraphs_.emplace_back(Paragraph{.kind = kind, .lines = Lines(first, end)});
    }

    Column column_;
    const Headings& headings_;
    int page_;
    std::vector<float> items_;  ///< Where the items begin that this one may be nested in.
    std::vector<Paragraph> paragraphs_;
};

}  // namespace

std::vector<Paragraph> ParagraphsOf(Column column, const Headings& headings, int page) {
    return Cutter(std::move(column), headings, page).All();
}

}  // namespace notify::document
