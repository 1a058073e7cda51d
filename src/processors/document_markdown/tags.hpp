#pragma once

// Reading: what the document's own structure (tagged PDF) says of the text on a page.

#include <cstdint>
#include <vector>

#include "processors/document_markdown/pdfium.hpp"

namespace notify::document {

/// The headings of one page by the marks of its content, and what is marked as no part of the text.
class Tags {
public:
    explicit Tags(FPDF_PageRecord* page);

    /// A heading's level 1 … 6, kArtifact, or 0 for all else.
    [[nodiscard]] std::int8_t Of(FPDF_PageObjectRecord* object) const;

private:
    void Take(FPDF_StructElementRecord* element, std::int8_t level, int depth);

    std::vector<std::int8_t> levels_;  ///< By the number of the mark.
    int seen_ = 0;
};

}  // namespace notify::document
