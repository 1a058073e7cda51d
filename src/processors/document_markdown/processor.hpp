#pragma once

// The `document-markdown` processor: a PDF as Markdown, with its outline and its pictures.

#include <memory>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "processors/processor.hpp"

namespace notify {

/// As the schema in processors/kinds.cpp declares it.
struct DocumentSettings {
    int first_page = 1;            ///< From 1.
    int last_page = 0;             ///< 0 for the last one there is.
    bool images = true;            ///< Cut out pictures.
    bool page_separators = false;  ///< Begin each page with a comment that tells its number.
};

/// Reads a configuration that was checked against the schema. kInvalidArgument when a member has another
/// type.
[[nodiscard]] Result<DocumentSettings> ReadDocumentSettings(const boost::json::object& config);

/// Document `document_markdown/1`; artifacts `document.md` and `image-N.jpg`
/// (docs/processors/document-markdown.md).
[[nodiscard]] std::unique_ptr<WholeItem> MakeDocumentMarkdown(DocumentSettings settings);

}  // namespace notify
