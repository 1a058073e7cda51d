#pragma once

// The `document-markdown` processor: a PDF as Markdown, with its outline and its pictures.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "processors/processor.hpp"

namespace notify {

enum class Ocr : std::uint8_t { kOff, kAuto, kAlways };

/// As the schema in processors/kinds.cpp declares it.
struct DocumentSettings {
    int first_page = 1;                         ///< From 1.
    int last_page = 0;                          ///< 0 for the last one there is.
    bool images = true;                         ///< Cut out pictures.
    bool page_separators = false;               ///< Begin each page with a comment that tells its number.
    std::string password;                       ///< Opens documents that need one.
    Ocr ocr = Ocr::kOff;                        ///< Auto: of pages that are pictures.
    std::vector<std::string> languages{"eng"};  ///< Of OCR, as tesseract names them.
};

/// Reads a configuration that was checked against the schema. kInvalidArgument when a member has another
/// type.
[[nodiscard]] Result<DocumentSettings> ReadDocumentSettings(const boost::json::object& config);

/// Document `document_markdown/1`; artifacts `document.md` and `image-N.jpg`
/// (docs/processors/document-markdown.md).
[[nodiscard]] std::unique_ptr<WholeItem> MakeDocumentMarkdown(DocumentSettings settings);

}  // namespace notify
