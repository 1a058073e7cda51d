#pragma once

// Writing: blocks in reading order as one Markdown document (CommonMark with GitHub's tables).

#include <string>
#include <vector>

#include "processors/document_markdown/headings.hpp"
#include "processors/document_markdown/inline_text.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/paragraphs.hpp"
#include "processors/document_markdown/vocabulary.hpp"

namespace notify::document {

struct OutlineEntry {
    int level = 1;
    int page = 1;  ///< From 1.
    std::string title;
    bool named = false;  ///< By the outline that the document has.
};

/// Takes pages in order; a paragraph may go on from one to the next.
class MarkdownWriter {
public:
    MarkdownWriter(const Headings& headings, const Vocabulary& words, bool page_separators)
        : headings_(headings), words_(words), page_separators_(page_separators) {}

    void Add(PageLayout page);

    [[nodiscard]] std::string Finish();

    /// The headings; those alone that the document's own outline names, when these are most of them.
    [[nodiscard]] std::vector<OutlineEntry> Outline() const;

    [[nodiscard]] int Tables() const noexcept { return tables_; }

private:
    void Write(Column column);
    void Write(Table table);
    void Write(const Figure& figure);
    void WriteParagraph(Paragraph paragraph);
    void WriteText(const Paragraph& paragraph);
    void WriteCode(const Paragraph& paragraph);
    void End();

    const Headings& headings_;
    const Vocabulary& words_;
    bool page_separators_;
    std::string done_;
    std::string aside_;        ///< What stands between the parts of the paragraph that is open.
    std::vector<Span> open_;   ///< The paragraph that may go on.
    bool hyphenated_ = false;  ///< Its last word is divided.
    bool item_before_ = false;
    std::vector<OutlineEntry> outline_;
    int page_ = 0;
    int tables_ = 0;
};

}  // namespace notify::document
