#include "processors/document_markdown/markdown.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "processors/document_markdown/figure.hpp"
#include "processors/document_markdown/inline_text.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/paragraphs.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/table.hpp"
#include "processors/document_markdown/unicode.hpp"
#include "processors/document_markdown/vocabulary.hpp"

namespace notify::document {

namespace {

/// True when a paragraph that ends so may go on in the next column or on the next page.
bool MayGoOn(const std::vector<Span>& text) {
    if (text.empty() || text.back().text.empty()) {
        return false;
    }
    constexpr std::string_view kEnds = ".!?:";
    return kEnds.find(text.back().text.back()) == std::string_view::npos;
}

bool BeginsLower(const std::vector<Span>& text) {
    const auto codes = text.empty() ? std::u32string() : CodesOf(text.front().text);
    return !codes.empty() && IsLower(codes.front());
}

std::string CellText(const Cell& cell, const Vocabulary& words) {
    auto text = MarkdownOf(Joined(cell, words), false);
    for (auto at = text.find('|'); at != std::string::npos; at = text.find('|', at + 2)) {
        text.insert(at, 1, '\\');
    }
    return text;
}

/// A sign at a line's beginning that Markdown would take for a heading, a list or a quotation.
std::string Guarded(std::string text) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits > 0 && digits < text.size() && (text[digits] == '.' || text[digits] == ')')) {
        text.insert(digits, 1, '\\');
    } else if (!text.empty() && std::string_view("#>+-=").find(text.front()) != std::string_view::npos) {
        text.insert(0, 1, '\\');
    }
    return text;
}

/// The text behind the bullet of an item.
void RemoveBullet(std::vector<Span>& text) {
    auto& first = text.front().text;
    const auto space = first.find(' ');
    if (space == std::string::npos && text.size() > 1) {
        text.erase(text.begin());
    } else {
        first.erase(0, space == std::string::npos ? first.size() : space + 1);
    }
}

}  // namespace

void MarkdownWriter::Add(PageLayout page) {
    page_ = page.page + 1;
    if (page_separators_) {
        End();
        done_ += fmt::format("<!-- page {} -->\n\n", page_);
    }
    for (auto& block : page.blocks) {
        std::visit([this](auto&& each) { Write(std::forward<decltype(each)>(each)); }, std::move(block));
    }
}

void MarkdownWriter::Write(Column column) {
    for (auto& paragraph : ParagraphsOf(std::move(column), headings_, page_ - 1)) {
        WriteParagraph(std::move(paragraph));
    }
}

void MarkdownWriter::WriteParagraph(Paragraph paragraph) {
    const bool was_item = std::exchange(item_before_, paragraph.kind == ParagraphKind::kItem);
    if (was_item && !item_before_) {
        done_ += '\n';
    }
    if (paragraph.kind == ParagraphKind::kText) {
        WriteText(paragraph);
        return;
    }
    auto text = Joined(paragraph.lines, words_);
    if (paragraph.kind == ParagraphKind::kAside) {
        aside_ += Guarded(MarkdownOf(text, false)) + "\n\n";
        return;
    }
    End();
    if (paragraph.kind == ParagraphKind::kHeading) {
        done_ += fmt::format("{:#<{}} {}\n\n", "", paragraph.level, MarkdownOf(text, true));
        std::string title;
        for (const auto& span : text) {
            title += span.text;
        }
        const bool named = headings_.LevelToldOf(paragraph.lines, page_ - 1) > 0;
        outline_.push_back(
            {.level = paragraph.level, .page = page_, .title = std::move(title), .named = named}
        );
    } else if (paragraph.kind == ParagraphKind::kCode) {
        WriteCode(paragraph);
    } else {
        if (paragraph.bulleted) {
            RemoveBullet(text);
        }
        done_.append(static_cast<std::size_t>(paragraph.level) * 3, ' ');
        const auto item = MarkdownOf(text, false);
        done_ += (paragraph.counted ? item : "- " + Guarded(item)) + "\n";
    }
}

void MarkdownWriter::WriteText(const Paragraph& paragraph) {
    auto text = Joined(paragraph.lines, words_);
    if (!(MayGoOn(open_) && (hyphenated_ || BeginsLower(text)))) {
        End();
    }
    JoinTo(open_, std::move(text), hyphenated_, words_);
    hyphenated_ = paragraph.lines.back().hyphenated;
}

void MarkdownWriter::WriteCode(const Paragraph& paragraph) {
    float left = paragraph.lines.front().box.left;
    for (const auto& line : paragraph.lines) {
        left = std::min(left, line.box.left);
    }
    std::string code;
    const Line* before = nullptr;
    for (const auto& line : paragraph.lines) {
        constexpr float kBlankLine = 1.9F;
        const auto text = line.Text();
        if (before != nullptr && line.baseline - before->baseline > kBlankLine * line.size) {
            code += '\n';
        }
        const auto advance =
            line.box.Width() / static_cast<float>(std::max<std::size_t>(1, CodesOf(text).size()));
        const auto indent = std::lround((line.box.left - left) / std::max(1.0F, advance));
        code.append(static_cast<std::size_t>(std::clamp(indent, 0L, 200L)), ' ');
        code += text + '\n';
        before = &line;
    }
    done_ += fmt::format("{0}\n{1}{0}\n\n", FenceFor(code, 3), code);
}

void MarkdownWriter::Write(Table table) {
    ++tables_;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        for (const auto& cell : table.rows[i]) {
            aside_ += "| " + CellText(cell, words_) + ' ';
        }
        aside_ += "|\n";
        for (std::size_t column = 0; i == 0 && column < table.rows[i].size(); ++column) {
            aside_ += "|---";
        }
        aside_ += i == 0 ? "|\n" : "";
    }
    aside_ += '\n';
}

void MarkdownWriter::Write(const Figure& figure) {
    constexpr std::size_t kLongestWords = 300;
    if (figure.name.empty()) {
        aside_ += figure.words.empty() ? "" : Guarded(Escaped(figure.words)) + "\n\n";
        return;
    }
    auto end = std::min(figure.words.size(), kLongestWords);
    while (end < figure.words.size() && end > 0 &&
           (static_cast<unsigned char>(figure.words[end]) & 0xC0U) == 0x80U) {
        --end;  // not in the middle of a character
    }
    std::string words;
    for (const char c : std::string_view(figure.words).substr(0, end)) {
        words += std::string_view("[]\\`<").find(c) != std::string_view::npos ? ' ' : c;
    }
    aside_ += fmt::format("![{}]({})\n\n", words, figure.name);
}

void MarkdownWriter::End() {
    if (!open_.empty()) {
        done_ += Guarded(MarkdownOf(open_, false)) + "\n\n";
    }
    open_.clear();
    hyphenated_ = false;
    done_ += std::exchange(aside_, {});
}

std::vector<OutlineEntry> MarkdownWriter::Outline() const {
    std::vector<OutlineEntry> named;
    std::ranges::copy_if(outline_, std::back_inserter(named), &OutlineEntry::named);
    return 2 * named.size() > outline_.size() ? named : outline_;
}

std::string MarkdownWriter::Finish() {
    End();
    return std::move(done_);
}

}  // namespace notify::document
