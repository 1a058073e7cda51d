#pragma once

// Reading: lines, drawings and images of a page, and how its space becomes the one that is shown.

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/pdfium.hpp"

namespace notify::document {

/// From a page's own space (y upwards, not turned) to the space of Box.
struct PageFrame {
    explicit PageFrame(FPDF_PageRecord* page);

    /// Turns what is shown by `quarters` more, clockwise.
    void Turn(int quarters) noexcept { turns = (turns + quarters) % 4; }

    [[nodiscard]] Box Shown(const FS_RECTF& area) const noexcept;
    /// The y of a baseline; `position` is its y, or its x where text stands sideways in the page's own space.
    [[nodiscard]] float ShownBaseline(float position) const noexcept;
    [[nodiscard]] float Width() const noexcept;
    [[nodiscard]] float Height() const noexcept;

    FS_RECTF bounds{};  ///< Of the page, in its own space.
    int turns = 0;      ///< Quarter turns clockwise by which it is shown.
};

/// Adds rules, posts, drawings and images.
void ReadShapes(FPDF_PageRecord* page, PageContent& content, const PageFrame& frame);

}  // namespace notify::document
