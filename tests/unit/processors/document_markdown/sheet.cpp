#include "unit/processors/document_markdown/sheet.hpp"

#include <cstddef>
#include <variant>

#include "processors/document_markdown/headings.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/unicode.hpp"
#include "processors/document_markdown/vocabulary.hpp"

namespace notify::document {

Sheet& Sheet::Write(float x, float baseline, std::string_view words, Hand hand) {
    const float advance = hand.size / 2;
    bool gap = false;
    for (const char32_t code : CodesOf(words)) {
        if (code != U' ') {
            content.glyphs.push_back(
                {.code = code,
                 .box =
                     {.left = x,
                      .top = baseline - 0.9F * hand.size,
                      .right = x + advance,
                      .bottom = baseline + 0.2F * hand.size},
                 .baseline = baseline,
                 .size = hand.size,
                 .look = hand.look,
                 .told = hand.told,
                 .gap_before = gap}
            );
        }
        gap = code == U' ';
        x += advance;
    }
    content.glyphs.back().hyphen = words.ends_with('-');
    return *this;
}

Sheet& Sheet::Paragraph(float baseline, float x, Hand hand) {
    for (const auto* const number : {"one", "two", "three", "four", "five", "six"}) {
        Write(x, baseline, std::string("this is line ") + number + " of a text as wide as a column", hand);
        baseline += 12;
    }
    return *this;
}

Sheet& Sheet::Rule(float left, float right, float y) {
    content.rules.push_back({.left = left, .top = y, .right = right, .bottom = y + 0.5F});
    return *this;
}

Sheet& Sheet::Post(float x, float top, float bottom) {
    content.posts.push_back({.left = x, .top = top, .right = x + 0.5F, .bottom = bottom});
    return *this;
}

Sheet& Sheet::Grid(const std::vector<float>& columns, const std::vector<float>& rows) {
    for (const float y : rows) {
        Rule(columns.front(), columns.back(), y);
    }
    for (const float x : columns) {
        Post(x, rows.front(), rows.back());
    }
    return *this;
}

Written Converted(
    const std::vector<Sheet>& sheets, const std::vector<Bookmark>& outline, bool page_separators
) {
    std::vector<PageLayout> pages;
    Vocabulary words;
    for (const auto& sheet : sheets) {
        const auto& page = pages.emplace_back(LayoutOf(sheet.content, static_cast<int>(pages.size())));
        for (const auto& block : page.blocks) {
            if (const auto* const column = std::get_if<Column>(&block)) {
                for (const auto& line : column->lines) {
                    words.Learn(line.Text());
                }
            }
        }
    }
    const auto dropped = DropRunningText(pages);
    const Headings headings(pages, outline);
    MarkdownWriter writer(headings, words, page_separators);
    for (auto& page : pages) {
        writer.Add(std::move(page));
    }
    return {
        .markdown = writer.Finish(),
        .outline = writer.Outline(),
        .dropped = dropped,
        .tables = writer.Tables()
    };
}

int CountOf(std::string_view part, std::string_view text) {
    int count = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

}  // namespace notify::document
