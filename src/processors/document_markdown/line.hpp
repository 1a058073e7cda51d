#pragma once

// Lines: letters that stand beside each other, as spans of one look.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"

namespace notify::document {

struct Span {
    std::string text;  ///< UTF-8, with the spaces between its words.
    std::uint8_t look = kPlain;
    std::string uri;  ///< Where it leads; empty for text that does not.
};

struct Line {
    std::vector<Span> spans;
    Box box;
    float baseline = 0;
    float size = 0;  ///< Of most of its letters.
    std::uint8_t look =
        0;  ///< What all its letters share of kBold, kItalic, kMono; its signs without letters.
    std::int8_t told = 0;     ///< As Glyph::told, when all its letters share it.
    bool hyphenated = false;  ///< Its last word goes on in the next line.

    /// Its text, without looks.
    [[nodiscard]] std::string Text() const;

    [[nodiscard]] bool Is(Look wanted) const noexcept { return (look & wanted) != 0; }

    /// Takes in what stands to the right of it.
    void Append(Line other);
};

/// True for text that begins as the caption of a figure or table does: "Figure 3: …".
[[nodiscard]] bool BeginsAsCaption(std::string_view text);

/// Lines in the document's own order; what is more than a letter's width apart is in two.
[[nodiscard]] std::vector<Line> LinesOf(const PageContent& page);

/// Lines of cells within `area`: none goes over one of `edges`; without these a gap that is wider than a
/// space ends it.
[[nodiscard]] std::vector<Line> CellLinesOf(
    const PageContent& page, const Box& area, const std::vector<float>& edges
);

}  // namespace notify::document
