#pragma once

// Writing: lines as one run of Markdown, with emphasis, links and raised signs.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/vocabulary.hpp"

namespace notify::document {

/// One run of spans: words that were divided are whole, leaders of dots are gone.
[[nodiscard]] std::vector<Span> Joined(const std::vector<Line>& lines, const Vocabulary& words);

/// Adds `next` behind `text` as Joined does between two lines.
void JoinTo(std::vector<Span>& text, std::vector<Span> next, bool hyphenated, const Vocabulary& words);

/// `text` with a backslash before what Markdown or HTML would take for a sign of its own.
[[nodiscard]] std::string Escaped(std::string_view text);

/// As many backticks as `text` has in a row and one more, `least` at least.
[[nodiscard]] std::string FenceFor(std::string_view text, std::size_t least);

/// As Markdown; links lead to the web, mail or telephone, and not to scripts. `plain`: without emphasis, for
/// headings.
[[nodiscard]] std::string MarkdownOf(const std::vector<Span>& spans, bool plain);

}  // namespace notify::document
