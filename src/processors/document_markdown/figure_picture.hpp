#pragma once

// Figures cut out of a page.

#include <string>

#include "core/result.hpp"
#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/pdfium.hpp"
#include "processors/document_markdown/text_recognition.hpp"

namespace notify::document {

/// What the page shows in `box`, as a JPEG of 144 pixels an inch, less for large ones (at most 1,600 pixels a
/// side).
[[nodiscard]] Result<std::string> PictureOf(
    FPDF_PageRecord* page, const PageContent& content, const Box& box
);

/// The whole page for OCR: 200 pixels an inch, less where it would have more than 24 million of them.
[[nodiscard]] Result<GrayPicture> GrayPictureOf(FPDF_PageRecord* page, const PageContent& content);

}  // namespace notify::document
