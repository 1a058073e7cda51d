#pragma once

// A PDF file opened over the item's bytes.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/byte_source.hpp"
#include "core/result.hpp"
#include "processors/document_markdown/pdfium.hpp"

namespace notify::document {

/// An entry of the document's own outline.
struct Bookmark {
    int level = 1;  ///< 1 … 6.
    int page = 0;   ///< From 0; -1 when it leads nowhere.
    std::string title;
};

struct ClosePage {
    void operator()(FPDF_PageRecord* page) const noexcept { FPDF_ClosePage(page); }
};

using PagePtr = std::unique_ptr<FPDF_PageRecord, ClosePage>;

/// Reads its bytes as they are needed. One at a time in a process, on one thread.
class PdfDocument {
public:
    /// `bytes` outlives it; `password` is for documents that do not open without one. kUnsupported with the
    /// reasons `encrypted`, `wrong_password` and `unknown_encryption`, kInvalidArgument with `damaged`, or
    /// the error of reading the bytes.
    [[nodiscard]] static Result<std::unique_ptr<PdfDocument>> Open(ByteSource& bytes, std::string password);

    PdfDocument(const PdfDocument&) = delete;
    PdfDocument& operator=(const PdfDocument&) = delete;
    ~PdfDocument();

    [[nodiscard]] int PageCount() const noexcept { return pages_; }

    [[nodiscard]] FPDF_DocumentRecord* Handle() const noexcept { return document_; }

    /// The page, or null when it cannot be read.
    [[nodiscard]] PagePtr Page(int index) const;

    /// The outline in the order of the document; at most 20,000 entries, 16 levels deep.
    [[nodiscard]] std::vector<Bookmark> Outline() const;

    /// The error of the last reading of the bytes that failed, if one did.
    [[nodiscard]] Result<void> ReadingState() const;

    /// Gives back what was kept of pages that are closed, by opening the document again.
    [[nodiscard]] Result<void> Refresh();

private:
    struct Reader;
    PdfDocument(std::unique_ptr<Reader> reader, std::string password);
    [[nodiscard]] Result<void> Load();

    std::unique_ptr<Reader> reader_;
    std::string password_;
    FPDF_DocumentRecord* document_ = nullptr;
    int pages_ = 0;
};

}  // namespace notify::document
