#pragma once

// Figures cut out of a page.

#include <string>

#include "core/result.hpp"
#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/pdfium.hpp"

namespace notify::document {

/// What the page shows in `box`, as a JPEG of 144 pixels an inch, less for large ones (at most 1,600 pixels a
/// side).
[[nodiscard]] Result<std::string> PictureOf(
    FPDF_PageRecord* page, const PageContent& content, const Box& box
);

}  // namespace notify::document
