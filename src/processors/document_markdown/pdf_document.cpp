#include "processors/document_markdown/pdf_document.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "processors/document_markdown/pdfium.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr std::uint64_t kBlockBytes = 256U << 10U;
constexpr std::size_t kBlocksKept = 32;
constexpr std::size_t kMaxBookmarks = 20'000;
constexpr int kMaxDepth = 16;
constexpr unsigned long kMaxTitleBytes = 2'000;

void InitialiseOnce() {
    static const bool done = [] {
        static std::array<const char*, 1> no_fonts{
            nullptr
        };  // none of the machine's: the sandbox has no files
        const FPDF_LIBRARY_CONFIG config{
            .version = 2, .m_pUserFontPaths = no_fonts.data(), .m_pIsolate = nullptr, .m_v8EmbedderSlot = 0
        };
        FPDF_InitLibraryWithConfig(&config);
        return true;
    }();
    static_cast<void>(done);
}

Error WhyNot(unsigned long code, bool with_password) {
    constexpr unsigned long kPassword = 4;
    constexpr unsigned long kSecurity = 5;
    if (code == kPassword && with_password) {
        return {
            .code = ErrorCode::kUnsupported,
            .stage = "open",
            .reason = "wrong_password",
            .message = "the document is encrypted, and the configured password does not open it"
        };
    }
    if (code == kPassword) {
        return {
            .code = ErrorCode::kUnsupported,
            .stage = "open",
            .reason = "encrypted",
            .message = "the document is encrypted, and opens only with a password"
        };
    }
    if (code == kSecurity) {
        return {
            .code = ErrorCode::kUnsupported,
            .stage = "open",
            .reason = "unknown_encryption",
            .message = "the document is encrypted in a way that is not supported"
        };
    }
    return {
        .code = ErrorCode::kInvalidArgument,
        .stage = "open",
        .reason = "damaged",
        .message = "the document is damaged or cut off: no pages can be found in it"
    };
}

}  // namespace

/// The item's bytes in blocks, because PDFium asks for a few at a time.
struct PdfDocument::Reader {
    explicit Reader(ByteSource& source) : bytes(source) {}

    static int Get(void* self, unsigned long position, unsigned char* into, unsigned long size) {
        return static_cast<Reader*>(self)->Copy(position, {into, size}) ? 1 : 0;
    }

    bool Copy(std::uint64_t position, std::span<unsigned char> into) {
        while (!into.empty()) {
            const auto* block = BlockAt(position / kBlockBytes);
            const std::size_t from = position % kBlockBytes;
            if (block == nullptr || from >= block->size()) {
                return false;
            }
            const auto count = std::min(into.size(), block->size() - from);
            std::memcpy(into.data(), block->data() + from, count);
            into = into.subspan(count);
            position += count;
        }
        return true;
    }

    const std::vector<std::byte>* BlockAt(std::uint64_t number) {
        auto found =
            std::ranges::find(blocks, number, &std::pair<std::uint64_t, std::vector<std::byte>>::first);
        if (found == blocks.end()) {
            std::vector<std::byte> block(kBlockBytes);
            const auto got = bytes.ReadAt(number * kBlockBytes, block);
            if (!got) {
                error = got.error();
                return nullptr;
            }
            block.resize(*got);
            if (blocks.size() == kBlocksKept) {
                blocks.pop_back();
            }
            found = blocks.emplace(blocks.begin(), number, std::move(block));
        } else if (found != blocks.begin()) {
            std::rotate(blocks.begin(), found, found + 1);
            found = blocks.begin();
        }
        return &found->second;
    }

    ByteSource& bytes;
    FPDF_FILEACCESS access{};
    std::vector<std::pair<std::uint64_t, std::vector<std::byte>>> blocks;  ///< The last used first.
    std::optional<Error> error;
};

PdfDocument::PdfDocument(std::unique_ptr<Reader> reader, std::string password)
    : reader_(std::move(reader)), password_(std::move(password)) {}

PdfDocument::~PdfDocument() {
    if (document_ != nullptr) {
        FPDF_CloseDocument(document_);
    }
}

Result<std::unique_ptr<PdfDocument>> PdfDocument::Open(ByteSource& bytes, std::string password) {
    InitialiseOnce();
    auto reader = std::make_unique<Reader>(bytes);
    reader->access = {
        .m_FileLen = bytes.Size(),
        .m_GetBlock = &Reader::Get,
        .m_Param = reader.get(),
    };
    std::unique_ptr<PdfDocument> document(new PdfDocument(std::move(reader), std::move(password)));
    return document->Load().map([&] { return std::move(document); });
}

Result<void> PdfDocument::Load() {
    document_ = FPDF_LoadCustomDocument(&reader_->access, password_.empty() ? nullptr : password_.c_str());
    if (auto read = ReadingState(); !read) {
        return read;
    }
    if (document_ == nullptr) {
        return Unexpected(WhyNot(FPDF_GetLastError(), !password_.empty()));
    }
    pages_ = std::max(0, FPDF_GetPageCount(document_));
    return {};
}

Result<void> PdfDocument::Refresh() {
    FPDF_CloseDocument(document_);
    document_ = nullptr;
    return Load();
}

PagePtr PdfDocument::Page(int index) const {
    return PagePtr(FPDF_LoadPage(document_, index));
}

Result<void> PdfDocument::ReadingState() const {
    return reader_->error ? Unexpected(*reader_->error) : Result<void>{};
}

std::vector<Bookmark> PdfDocument::Outline() const {
    std::vector<Bookmark> outline;
    std::set<const FPDF_BookmarkRecord*> seen;  // a damaged outline may lead back into itself
    std::vector<FPDF_BookmarkRecord*> open{FPDFBookmark_GetFirstChild(document_, nullptr)};
    while (!open.empty() && outline.size() < kMaxBookmarks) {
        auto*& next = open.back();
        if (next == nullptr || !seen.insert(next).second) {
            open.pop_back();
            continue;
        }
        auto* const current = next;
        next = FPDFBookmark_GetNextSibling(document_, current);
        std::u16string title(kMaxTitleBytes / 2, u'\0');
        const auto bytes = FPDFBookmark_GetTitle(current, title.data(), kMaxTitleBytes);
        title.resize(bytes < 2 || bytes > kMaxTitleBytes ? 0 : bytes / 2 - 1);
        auto* const destination = FPDFBookmark_GetDest(document_, current);
        outline.push_back(
            {.level = static_cast<int>(std::min<std::size_t>(open.size(), 6)),
             .page = destination == nullptr ? -1 : FPDFDest_GetDestPageIndex(document_, destination),
             .title = Utf8Of(title)}
        );
        if (open.size() < kMaxDepth) {
            open.push_back(FPDFBookmark_GetFirstChild(document_, current));
        }
    }
    return outline;
}

}  // namespace notify::document
