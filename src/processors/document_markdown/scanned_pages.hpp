#pragma once

// Reading: pictures of pages that are files of their own (PNG, JPEG, TIFF with one page or more).

#include <cstddef>
#include <optional>
#include <vector>

#include "core/byte_source.hpp"
#include "core/result.hpp"
#include "processors/document_markdown/text_recognition.hpp"

namespace notify::document {

class ScannedPages {
public:
    /// kTooLarge for a file of more than 256 MiB, kInvalidArgument with the reason `damaged` when no page of
    /// it can be read, or the error of reading the bytes.
    [[nodiscard]] static Result<ScannedPages> Open(ByteSource& bytes);

    /// The next page; nothing after the last one, and where the rest is damaged.
    [[nodiscard]] std::optional<GrayPicture> Next();

private:
    explicit ScannedPages(std::vector<unsigned char> bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::optional<GrayPicture> Decode();

    std::vector<unsigned char> bytes_;
    std::size_t offset_ = 0;  ///< Of the next page of a TIFF.
    bool ended_ = false;
    std::optional<GrayPicture> first_;  ///< Read when it was opened.
};

}  // namespace notify::document
