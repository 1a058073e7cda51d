#pragma once

// Structure: what is printed on every page and belongs to none: running headers, footers, page numbers.

#include <vector>

#include "processors/document_markdown/page_layout.hpp"

namespace notify::document {

struct DroppedText {
    int headers = 0;
    int footers = 0;
};

/// Removes the lines at the upper and lower edge that repeat at one height over pages, or count them.
DroppedText DropRunningText(std::vector<PageLayout>& pages);

}  // namespace notify::document
