#pragma once

// Structure: a column's lines as headings, paragraphs, items of lists and code.

#include <cstdint>
#include <vector>

#include "processors/document_markdown/headings.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/reading_order.hpp"

namespace notify::document {

enum class ParagraphKind : std::uint8_t { kText, kHeading, kItem, kCode, kAside };

/// Lines that belong together. An aside is smaller than the text (a footnote), or a caption: text may go on
/// behind it.
struct Paragraph {
    ParagraphKind kind = ParagraphKind::kText;
    int level = 0;          ///< Of a heading 1 … 6, of an item 0 … 5.
    bool bulleted = false;  ///< An item with a bullet before it, which is in its text.
    bool counted = false;   ///< An item with a number or letter of its own.
    std::vector<Line> lines;
};

[[nodiscard]] std::vector<Paragraph> ParagraphsOf(Column column, const Headings& headings, int page);

}  // namespace notify::document
