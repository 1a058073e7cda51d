#pragma once

// Reading: OCR of several pages at once.

#include <cstddef>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/text_recognition.hpp"

namespace notify::document {

/// Engines in turn, each on a thread of its own while it reads. Used on one thread.
class RecognitionPool {
public:
    /// No engine is made before it is needed.
    explicit RecognitionPool(std::vector<std::string> languages);

    /// How many pages are read at once.
    [[nodiscard]] std::size_t Engines() const noexcept { return engines_.size(); }

    /// Puts the letters of `picture` into `content`, which outlives the future; its value is that of
    /// TextRecognition::Read. The page that was started Engines() calls before is done. Errors are those of
    /// TextRecognition::Make.
    [[nodiscard]] Result<std::future<float>> Start(
        GrayPicture picture, PageContent& content, std::stop_token stop
    );

private:
    std::vector<std::string> languages_;
    std::vector<std::unique_ptr<TextRecognition>> engines_;
    std::size_t next_ = 0;
};

}  // namespace notify::document
