#pragma once

// Writing: lines as one run of Markdown, with emphasis, links and raised signs.

#include <string>
#include <vector>

#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/vocabulary.hpp"

namespace notify::document {

/// One run of spans: words that were divided are whole, leaders of dots are gone.
[[nodiscard]] std::vector<Span> Joined(const std::vector<Line>& lines, const Vocabulary& words);

/// Adds `next` behind `text` as Joined does between two lines.
void JoinTo(std::vector<Span>& text, std::vector<Span> next, bool hyphenated, const Vocabulary& words);

/// As Markdown. `plain`: without emphasis, for headings.
[[nodiscard]] std::string MarkdownOf(const std::vector<Span>& spans, bool plain);

}  // namespace notify::document
