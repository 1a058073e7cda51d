#pragma once

// Structure: which lines are headings, and of which level.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/pdf_document.hpp"

namespace notify::document {

/// Knows the document's own outline and structure where it has them, and how its text and its headings look.
class Headings {
public:
    Headings(const std::vector<PageLayout>& pages, const std::vector<Bookmark>& outline);

    /// The level (1 … 6) of lines that stand together on a page, 0 when they are text.
    [[nodiscard]] int LevelOf(const std::vector<Line>& lines, int page) const;

    /// The level the document's outline gives them, 0 when it does not name them.
    [[nodiscard]] int LevelToldOf(const std::vector<Line>& lines, int page) const;

    /// True for an entry of a table of contents: a title of the outline with a number behind it.
    [[nodiscard]] bool IsEntry(const std::string& text) const;

    /// The size of most letters of the document, in points.
    [[nodiscard]] float BodySize() const noexcept { return body_; }

    /// True when line `next` goes on in the heading that `line` began.
    [[nodiscard]] bool AreOne(const Line& line, const Line& next) const;

    /// True for "Chapter 3" and the like alone, whose title follows.
    [[nodiscard]] static bool IsNumberAlone(const Line& line);

    /// True for a line that looks like none of the text.
    [[nodiscard]] bool StandsOut(const Line& line) const;

private:
    using Style = std::pair<int, bool>;  ///< Size in half points, and whether it is bold.

    [[nodiscard]] static Style StyleOf(const Line& line);
    [[nodiscard]] int InOutline(const std::string& words, int page) const;
    void LearnStyles(const std::vector<PageLayout>& pages);

    float body_ = 10;
    bool body_bold_ = false;
    std::map<int, std::vector<std::pair<std::string, int>>> outline_;  ///< Titles and levels by page.
    std::set<std::string> titles_;                                     ///< Of the outline.
    std::map<Style, int> levels_;
    int largest_told_ = 0;  ///< Of the looks that titles of the outline have, in half points.
    std::set<Style> told_;
};

/// A title without its number: "2.1 Files" is "files".
[[nodiscard]] std::string WithoutNumber(std::string words);

}  // namespace notify::document
