#pragma once

// Layout: where a page shows pictures and drawings, which are cut out.

#include <string>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"

namespace notify::document {

struct Figure {
    Box box;
    std::string words;  ///< What is written in it.
    std::string name;   ///< Of the artifact with its picture; empty when there is none.
};

/// Images and drawings that lie together, larger than signs and decoration; takes the lines that are written
/// in them out of `lines`.
[[nodiscard]] std::vector<Figure> FiguresOf(const PageContent& page, std::vector<Line>& lines);

}  // namespace notify::document
