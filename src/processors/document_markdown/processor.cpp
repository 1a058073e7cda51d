#include "processors/document_markdown/processor.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "processors/document_markdown/figure.hpp"
#include "processors/document_markdown/figure_picture.hpp"
#include "processors/document_markdown/headings.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/markdown.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/pdf_document.hpp"
#include "processors/document_markdown/pdfium.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/running_text.hpp"
#include "processors/document_markdown/vocabulary.hpp"
#include "processors/processor.hpp"

namespace notify {

namespace {

namespace json = boost::json;

constexpr int kPagesBetweenRefreshes = 200;  // what PDFium keeps of pages is given back
constexpr std::size_t kMaxPictures = 2'000;  // of one document
constexpr std::size_t kMaxPictureBytes = 128U << 20U;
constexpr float kLargestSide = 14'400;  // points: PDF's own limit (ISO 32000-1, annex C)

/// One document on its way.
class Conversion {
public:
    Conversion(const DocumentSettings& settings, const RunContext& context)
        : settings_(settings), context_(context) {}

    Result<Output> Run(document::PdfDocument& pdf) {
        const auto bookmarks = pdf.Outline();
        if (FPDFDoc_GetJavaScriptActionCount(pdf.Handle()) > 0) {
            warnings_.emplace_back("the document has JavaScript, which was not run");
        }
        if (FPDFDoc_GetAttachmentCount(pdf.Handle()) > 0) {
            warnings_.emplace_back("the document has other files in it, which were not read");
        }
        if (auto read = ReadPages(pdf); !read) {
            return Unexpected(read.error());
        }
        AddWarnings();
        return Write(bookmarks);
    }

private:
    Result<void> ReadPages(document::PdfDocument& pdf) {
        const int first = std::min(settings_.first_page, pdf.PageCount() + 1);
        const int last =
            settings_.last_page == 0 ? pdf.PageCount() : std::min(settings_.last_page, pdf.PageCount());
        document::PageReader reader(pdf);
        for (int number = first; number <= last; ++number) {
            if (context_.stop.stop_requested()) {
                return Fail(ErrorCode::kCancelled, "cancelled");
            }
            if (number > first && (number - first) % kPagesBetweenRefreshes == 0) {
                if (auto fresh = pdf.Refresh(); !fresh) {
                    return fresh;
                }
            }
            ReadPage(pdf, reader, number - 1);
            if (auto state = pdf.ReadingState(); !state) {
                return state;
            }
            context_.progress(0.95 * (number - first + 1) / (last - first + 1));
        }
        return {};
    }

    void ReadPage(const document::PdfDocument& pdf, document::PageReader& reader, int index) {
        const auto page = pdf.Page(index);
        if (page == nullptr) {
            ++unreadable_;
            return;
        }
        const auto content = reader.Read(page.get());
        if (content.width > kLargestSide || content.height > kLargestSide) {
            ++huge_;
        }
        unmapped_ += content.unmapped;
        sideways_ += content.sideways;
        cut_ += content.cut ? 1 : 0;
        empty_ += content.glyphs.empty() && !content.images.empty() ? 1 : 0;
        auto layout = document::LayoutOf(content, index);
        for (auto& block : layout.blocks) {
            if (auto* const figure = std::get_if<document::Figure>(&block)) {
                CutOut(page.get(), content, *figure);
            } else if (const auto* const column = std::get_if<document::Column>(&block)) {
                for (const auto& line : column->lines) {
                    words_.Learn(line.Text());
                }
            }
        }
        pages_.push_back(std::move(layout));
    }

    void CutOut(FPDF_PageRecord* page, const document::PageContent& content, document::Figure& figure) {
        if (!settings_.images || images_.size() == kMaxPictures || picture_bytes_ > kMaxPictureBytes) {
            return;
        }
        auto picture = document::PictureOf(page, content, figure.box);
        if (!picture) {
            return;
        }
        figure.name = fmt::format("image-{}.jpg", images_.size() + 1);
        picture_bytes_ += picture->size();
        images_.push_back(
            json::object{
                {"file", figure.name},
                {"page", static_cast<int>(pages_.size()) + settings_.first_page},
                {"left", figure.box.left},
                {"top", figure.box.top},
                {"width", figure.box.Width()},
                {"height", figure.box.Height()}
            }
        );
        artifacts_.push_back({.name = figure.name, .media_type = "image/jpeg", .bytes = std::move(*picture)});
    }

    void AddWarnings() {
        const auto warn = [this](int count, const char* sentence) {
            if (count > 0) {
                warnings_.emplace_back(fmt::format(fmt::runtime(sentence), count));
            }
        };
        warn(unreadable_, "{} pages could not be read");
        warn(huge_, "{} pages are larger than PDF allows");
        warn(unmapped_, "{} letters have a font that does not say which they are");
        warn(sideways_, "{} letters stand in another direction than their page and were left out");
        warn(cut_, "of {} pages not all letters were read, because there are too many");
        warn(empty_, "{} pages have pictures and no text: they may be scans");
        if (pages_.empty()) {
            warnings_.emplace_back("no page was read");
        }
    }

    Result<Output> Write(const std::vector<document::Bookmark>& bookmarks) {
        const auto dropped = document::DropRunningText(pages_);
        const document::Headings headings(pages_, bookmarks);
        document::MarkdownWriter writer(headings, words_, settings_.page_separators);
        const auto count = pages_.size();
        for (auto& page : pages_) {
            writer.Add(std::move(page));
        }
        Output output{.document = {}, .artifacts = std::move(artifacts_)};
        output.artifacts.push_back(
            {.name = "document.md", .media_type = "text/markdown; charset=utf-8", .bytes = writer.Finish()}
        );
        json::array outline;
        for (const auto& entry : writer.Outline()) {
            outline.push_back(
                json::object{{"level", entry.level}, {"title", entry.title}, {"page", entry.page}}
            );
        }
        output.document = {
            {"schema", "document_markdown/1"},
            {"markdown", "document.md"},
            {"pages", count},
            {"outline", std::move(outline)},
            {"images", std::move(images_)},
            {"tables", writer.Tables()},
            {"ocr_pages", json::array()},
            {"dropped", {{"headers", dropped.headers}, {"footers", dropped.footers}}},
            {"warnings", std::move(warnings_)},
        };
        return output;
    }

    const DocumentSettings& settings_;
    const RunContext& context_;
    std::vector<document::PageLayout> pages_;
    document::Vocabulary words_;
    std::vector<OutputArtifact> artifacts_;
    json::array images_;
    json::array warnings_;
    std::size_t picture_bytes_ = 0;
    int unreadable_ = 0;
    int huge_ = 0;
    int unmapped_ = 0;
    int sideways_ = 0;
    int cut_ = 0;
    int empty_ = 0;
};

class DocumentMarkdown final : public WholeItem {
public:
    explicit DocumentMarkdown(DocumentSettings settings) : settings_(settings) {}

    [[nodiscard]] Result<Output> Run(ByteSource& bytes, const RunContext& context) override {
        return document::PdfDocument::Open(bytes).and_then([&](const auto& pdf) {
            return Conversion(settings_, context).Run(*pdf);
        });
    }

private:
    DocumentSettings settings_;
};

}  // namespace

Result<DocumentSettings> ReadDocumentSettings(const json::object& config) {
    DocumentSettings settings;
    try {
        settings.first_page = json::value_to<int>(config.at("first_page"));
        settings.last_page = json::value_to<int>(config.at("last_page"));
        settings.images = config.at("images").as_bool();
        settings.page_separators = config.at("page_separators").as_bool();
    } catch (const std::exception&) {
        return Fail(ErrorCode::kInvalidArgument, "the configuration is not that of document-markdown");
    }
    return settings;
}

std::unique_ptr<WholeItem> MakeDocumentMarkdown(DocumentSettings settings) {
    return std::make_unique<DocumentMarkdown>(settings);
}

}  // namespace notify
