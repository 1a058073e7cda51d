#pragma once

// Reading: letters of pages that are pictures, by tesseract.

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "processors/document_markdown/page_content.hpp"

namespace tesseract {
class TessBaseAPI;
}

namespace notify::document {

/// A page as a picture in shades of gray, its rows one after the other.
struct GrayPicture {
    std::vector<std::uint8_t> pixels;
    int width = 0;
    int height = 0;
    float points_a_pixel = 0.36F;
};

/// Opens the data of the languages that are installed with tesseract. Called once, before the sandbox is
/// closed: no file can be opened after that.
void OpenLanguages();

/// Used on one thread at a time.
class TextRecognition {
public:
    /// `languages` as tesseract names them: "eng", "deu". kUnsupported with the reason `language` for one
    /// that is not installed.
    [[nodiscard]] static Result<std::unique_ptr<TextRecognition>> Make(
        const std::vector<std::string>& languages
    );

    TextRecognition(const TextRecognition&) = delete;
    TextRecognition& operator=(const TextRecognition&) = delete;
    ~TextRecognition();

    /// Puts the letters of the picture into `content` in place of those that are there. How sure they are,
    /// from 0 to 100, on average of words; 0 when there are none, or it was stopped.
    [[nodiscard]] float Read(const GrayPicture& picture, PageContent& content, const std::stop_token& stop);

private:
    TextRecognition();

    std::unique_ptr<tesseract::TessBaseAPI> engine_;
};

}  // namespace notify::document
