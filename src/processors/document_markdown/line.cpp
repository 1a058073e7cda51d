#include "processors/document_markdown/line.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr float kWidestSpace = 1.15F;  // of the size; what is wider apart belongs to two columns or cells
constexpr float kCellSpace = 0.6F;     // of the size; what is wider apart in a table is in two cells
constexpr float kWordGap = 0.17F;      // of the size: letters are further apart than within a word
constexpr float kSmall = 0.86F;        // of the line's size: a sign that is raised or lowered

/// Letters of one line while it grows.
struct Growing {
    std::vector<Glyph> glyphs;
    Box box;
    float baseline = 0;
    float size = 0;  ///< The largest.

    explicit Growing(const Glyph& first)
        : glyphs{first}, box(first.box), baseline(first.baseline), size(first.size) {}

    [[nodiscard]] bool Takes(const Glyph& next, float widest_space = kWidestSpace) const {
        const auto larger = std::max(size, next.size);
        const auto& last = glyphs.back();
        auto gap = next.box.left - last.box.right;
        if (IsRightToLeft(last.code) && IsRightToLeft(next.code)) {
            gap = std::max(gap, last.box.left - next.box.right);
        }
        const bool level = std::abs(next.baseline - baseline) < 0.2F * larger;
        const bool script = std::min(size, next.size) < kSmall * larger &&
                            std::abs(next.baseline - baseline) < 0.62F * larger;
        return gap < widest_space * larger && gap > -1.2F * larger && (level || script) &&
               SharedHeight(box, next.box) > 0;
    }

    void Add(const Glyph& next) {
        if (next.size > size / kSmall) {  // it began with a small sign
            baseline = next.baseline;
        }
        size = std::max(size, next.size);
        box.Add(next.box);
        glyphs.push_back(next);
    }
};

std::uint8_t LookIn(const Growing& line, const Glyph& glyph) {
    unsigned look = glyph.look;
    if (glyph.size < kSmall * line.size) {
        const auto rise = line.baseline - glyph.baseline;
        look |= rise > 0.12F * line.size ? kRaised : rise < -0.08F * line.size ? kLowered : kPlain;
    }
    return static_cast<std::uint8_t>(look);
}

const std::string& UriAt(const PageContent& page, const Box& box) {
    static const std::string none;
    const auto found =
        std::ranges::find_if(page.links, [&](const LinkArea& link) { return link.box.HoldsMiddleOf(box); });
    return found == page.links.end() ? none : found->uri;
}

/// How many spaces stand before a letter.
std::size_t SpacesBefore(const Glyph& before, const Glyph& glyph) {
    const auto gap = glyph.box.left - before.box.right;
    const auto width = before.box.Width();
    if ((before.look & glyph.look & kMono) != 0 && width > 0) {
        return static_cast<std::size_t>(std::clamp(std::lround(gap / width), 0L, 200L));
    }
    return glyph.gap_before || gap > kWordGap * std::max(glyph.size, before.size) ? 1 : 0;
}

void TurnRightToLeft(std::vector<Glyph>& glyphs) {
    const auto letters =
        std::ranges::count_if(glyphs, [](const Glyph& glyph) { return IsRightToLeft(glyph.code); });
    const bool backwards = glyphs.size() > 1 && glyphs.front().box.left < glyphs.back().box.left;
    if (static_cast<std::size_t>(letters) * 2 > glyphs.size() && backwards) {
        std::ranges::reverse(glyphs);
    }
}

/// What the letters of a line share; its signs, where there is nothing else.
std::uint8_t SharedLook(const Growing& line) {
    unsigned of_letters = kBold | kItalic | kMono;
    unsigned of_signs = of_letters;
    bool speaks = false;
    for (const auto& glyph : line.glyphs) {
        const bool letter = IsLetter(glyph.code) || IsDigit(glyph.code);
        const auto look = LookIn(line, glyph);
        if ((look & (kRaised | kLowered)) == 0) {
            speaks = speaks || letter;
            (letter ? of_letters : of_signs) &= look;
        }
    }
    return static_cast<std::uint8_t>(speaks ? of_letters : of_signs);
}

Line Finished(Growing&& growing, const PageContent& page) {
    TurnRightToLeft(growing.glyphs);
    Line line{.box = growing.box, .baseline = growing.baseline, .size = growing.size};
    const Glyph* before = nullptr;
    for (const auto& glyph : growing.glyphs) {
        const auto look = LookIn(growing, glyph);
        const auto& uri = page.links.empty() ? std::string() : UriAt(page, glyph.box);
        const auto spaces = before == nullptr ? 0 : SpacesBefore(*before, glyph);
        if (line.spans.empty() || line.spans.back().look != look || line.spans.back().uri != uri) {
            if (!line.spans.empty()) {
                line.spans.back().text.append(spaces, ' ');
            }
            line.spans.push_back({.look = look, .uri = uri});
        } else {
            line.spans.back().text.append(spaces, ' ');
        }
        AppendUtf8(line.spans.back().text, glyph.code);
        before = &glyph;
    }
    line.look = SharedLook(growing);
    const auto told = growing.glyphs.front().told;
    line.told = std::ranges::all_of(growing.glyphs, [&](const Glyph& glyph) { return glyph.told == told; })
                    ? told
                    : std::int8_t{0};
    line.hyphenated = growing.glyphs.back().hyphen;
    return line;
}

std::vector<Line> AllFinished(std::vector<Growing> growing, const PageContent& page) {
    std::vector<Line> lines;
    lines.reserve(growing.size());
    for (auto& each : growing) {
        lines.push_back(Finished(std::move(each), page));
    }
    return lines;
}

}  // namespace

std::string Line::Text() const {
    std::string text;
    for (const auto& span : spans) {
        text += span.text;
    }
    return text;
}

void Line::Append(Line other) {
    box.Add(other.box);
    if (!spans.empty()) {
        spans.back().text += ' ';
    }
    std::ranges::move(other.spans, std::back_inserter(spans));
    look &= other.look;
    told = told == other.told ? told : std::int8_t{0};
    size = std::max(size, other.size);
    hyphenated = other.hyphenated;
}

bool BeginsAsCaption(std::string_view text) {
    return std::ranges::any_of(
        std::initializer_list<std::string_view>{"Figure ", "Table ", "Fig. ", "Listing "},
        [&](std::string_view word) {
            return text.starts_with(word) && text.size() > word.size() &&
                   IsDigit(static_cast<unsigned char>(text[word.size()]));
        }
    );
}

std::vector<Line> LinesOf(const PageContent& page) {
    std::vector<Growing> growing;
    for (const auto& glyph : page.glyphs) {
        if (!growing.empty() && growing.back().Takes(glyph)) {
            growing.back().Add(glyph);
        } else {
            growing.emplace_back(glyph);
        }
    }
    return AllFinished(std::move(growing), page);
}

std::vector<Line> CellLinesOf(const PageContent& page, const Box& area, const std::vector<float>& edges) {
    const float widest_space = edges.empty() ? kCellSpace : kWidestSpace;
    const auto cell_of = [&](const Glyph& glyph) {
        return std::ranges::upper_bound(edges, glyph.box.Middle()) - edges.begin();
    };
    std::vector<Growing> growing;
    for (const auto& glyph : page.glyphs) {
        if (!area.HoldsMiddleOf(glyph.box)) {
            continue;
        }
        if (!growing.empty() && growing.back().Takes(glyph, widest_space) &&
            cell_of(growing.back().glyphs.back()) == cell_of(glyph)) {
            growing.back().Add(glyph);
        } else {
            growing.emplace_back(glyph);
        }
    }
    return AllFinished(std::move(growing), page);
}

}  // namespace notify::document
