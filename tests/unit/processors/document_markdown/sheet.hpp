#pragma once

// Pages that tests write on, in points from the upper left corner, as PDFium hands over what it reads.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/markdown.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/pdf_document.hpp"
#include "processors/document_markdown/running_text.hpp"

namespace notify::document {

/// How words are written: all letters half as wide as they are high.
struct Hand {
    float size = 10;
    std::uint8_t look = kPlain;
    std::int8_t told = 0;
};

inline constexpr Hand kTitle{.size = 16, .look = kBold};
inline constexpr Hand kCode{.look = kMono};

/// A page of 612 by 792 points.
struct Sheet {
    PageContent content{.width = 612, .height = 792};

    /// Words on a baseline. A hyphen at their end divides a word, as PDFium marks it.
    Sheet& Write(float x, float baseline, std::string_view words, Hand hand = {});

    /// Six lines of 12 points' step; the first at `baseline`.
    Sheet& Paragraph(float baseline, float x = 72, Hand hand = {});

    Sheet& Rule(float left, float right, float y);
    Sheet& Post(float x, float top, float bottom);

    /// A table's grid around these columns and rows.
    Sheet& Grid(const std::vector<float>& columns, const std::vector<float>& rows);
};

struct Written {
    std::string markdown;
    std::vector<OutlineEntry> outline;
    DroppedText dropped;
    int tables = 0;
};

/// What becomes of pages, as the processor does it.
[[nodiscard]] Written Converted(
    const std::vector<Sheet>& sheets, const std::vector<Bookmark>& outline = {}, bool page_separators = false
);

/// How often `part` stands in `text`.
[[nodiscard]] int CountOf(std::string_view part, std::string_view text);

}  // namespace notify::document
