#pragma once

// Reading: what stands on a page, as PDFium finds it, in the document's own order.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/pdf_document.hpp"

namespace notify::document {

/// How letters look; bits that are combined.
enum Look : std::uint8_t {
    kPlain = 0,
    kBold = 1,
    kItalic = 2,
    kMono = 4,     ///< All letters have one width.
    kRaised = 8,   ///< A superscript.
    kLowered = 16  ///< A subscript.
};

/// What the document's structure says of running headers and the like: it is no part of the text.
inline constexpr std::int8_t kArtifact = -1;

struct Glyph {
    char32_t code = 0;
    Box box;  ///< From the font's descent to its ascent, as wide as the pen moves.
    float baseline = 0;
    float size = 0;  ///< Of the font, points on the page.
    std::uint8_t look = kPlain;
    std::int8_t told = 0;     ///< Of the document's structure: a heading's level 1 … 6, or kArtifact.
    bool hyphen = false;      ///< At a line's end, where the word goes on.
    bool gap_before = false;  ///< A space stands before it.
};

struct LinkArea {
    Box box;
    std::string uri;
};

struct PageContent {
    float width = 0;
    float height = 0;
    std::vector<Glyph> glyphs;
    std::vector<Box> rules;     ///< Thin horizontal lines.
    std::vector<Box> posts;     ///< Thin vertical lines.
    std::vector<Box> drawings;  ///< Other paths.
    std::vector<Box> images;
    std::vector<LinkArea> links;
    int turns = 0;     ///< Quarter turns by which a page of sideways text was set upright.
    int sideways = 0;  ///< Letters that were left out because they stand in another direction.
    int unmapped = 0;  ///< Letters whose font does not say which they are.
    bool cut = false;  ///< There was more on the page than is read.
};

/// Reads pages; keeps what is known of fonts. As PdfDocument, on one thread.
class PageReader {
public:
    explicit PageReader(const PdfDocument& document) : document_(document) {}

    [[nodiscard]] PageContent Read(FPDF_PageRecord* page);

private:
    [[nodiscard]] std::uint8_t LookOf(FPDF_FontRecord* font);

    const PdfDocument& document_;
    std::map<std::string, std::uint8_t> looks_;  ///< By the font's name, flags and weight.
};

}  // namespace notify::document
