#include "processors/document_markdown/processor.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <deque>
#include <exception>
#include <future>
#include <memory>
#include <sstream>
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
#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/headings.hpp"
#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/markdown.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/pdf_document.hpp"
#include "processors/document_markdown/pdfium.hpp"
#include "processors/document_markdown/reading_order.hpp"
#include "processors/document_markdown/recognition_pool.hpp"
#include "processors/document_markdown/running_text.hpp"
#include "processors/document_markdown/scanned_pages.hpp"
#include "processors/document_markdown/text_recognition.hpp"
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
        : settings_(settings), context_(context), pool_(settings.languages) {}

    /// A picture, or several in one file, each of them a page.
    Result<Output> RunOnPictures(ByteSource& bytes) {
        return document::ScannedPages::Open(bytes).and_then([&](auto scanned) -> Result<Output> {
            while (auto picture = scanned.Next()) {
                auto read =
                    OpenPicture(std::move(*picture)).and_then([&] { return CloseAll(pool_.Engines() - 1); });
                if (!read) {
                    return Unexpected(read.error());
                }
            }
            return CloseAll(0).and_then([&] {
                AddWarnings();
                return Write({});
            });
        });
    }

    Result<Output> Run(document::PdfDocument& pdf) {
        const auto bookmarks = pdf.Outline();
        repaired_ = FPDF_DocumentHasValidCrossReferenceTable(pdf.Handle()) == 0;
        scripts_ = std::max(0, FPDFDoc_GetJavaScriptActionCount(pdf.Handle()));
        files_ = std::max(0, FPDFDoc_GetAttachmentCount(pdf.Handle()));
        if (auto read = ReadPages(pdf); !read) {
            return Unexpected(read.error());
        }
        AddWarnings();
        return Write(bookmarks);
    }

private:
    Result<void> OpenPicture(document::GrayPicture picture) {
        const int index = pictures_++;
        if (index + 1 < settings_.first_page || index >= LastOf(pictures_)) {
            return {};
        }
        auto content = std::make_unique<document::PageContent>();
        content->width = static_cast<float>(picture.width) * picture.points_a_pixel;
        content->height = static_cast<float>(picture.height) * picture.points_a_pixel;
        return pool_.Start(std::move(picture), *content, context_.stop).map([&](auto recognised) {
            open_.push_back(
                {.index = index,
                 .page = {},
                 .content = std::move(content),
                 .recognised = std::move(recognised)}
            );
        });
    }

    /// A page that is read; its letters may still be found by OCR.
    struct OpenPage {
        int index = 0;
        document::PagePtr page;  ///< Null for a picture.
        std::unique_ptr<document::PageContent> content;
        std::future<float> recognised;  ///< How sure its letters are.
    };

    Result<void> ReadPages(document::PdfDocument& pdf) {
        const int first = std::min(settings_.first_page, pdf.PageCount() + 1);
        const int last = LastOf(pdf.PageCount());
        document::PageReader reader(pdf);
        for (int number = first; number <= last; ++number) {
            if (number > first && (number - first) % kPagesBetweenRefreshes == 0) {
                auto fresh = CloseAll(0).and_then([&] { return pdf.Refresh(); });
                if (!fresh) {
                    return fresh;
                }
            }
            auto read =
                OpenOne(pdf, reader, number - 1).and_then([&] { return CloseAll(pool_.Engines() - 1); });
            if (!read) {
                return read;
            }
            if (auto state = pdf.ReadingState(); !state) {
                return state;
            }
            done_ = 0.95 * (number - first + 1) / (last - first + 1);
        }
        return CloseAll(0);
    }

    [[nodiscard]] int LastOf(int count) const {
        return settings_.last_page == 0 ? count : std::min(settings_.last_page, count);
    }

    Result<void> OpenOne(const document::PdfDocument& pdf, document::PageReader& reader, int index) {
        auto page = pdf.Page(index);
        if (page == nullptr) {
            ++unreadable_;
            return {};
        }
        auto content = std::make_unique<document::PageContent>(reader.Read(page.get()));
        if (content->width > kLargestSide || content->height > kLargestSide) {
            ++huge_;
        }
        std::future<float> recognised;
        if (settings_.ocr == Ocr::kAlways || (settings_.ocr == Ocr::kAuto && IsPicture(*content))) {
            auto started = document::GrayPictureOf(page.get(), *content).and_then([&](auto picture) {
                return pool_.Start(std::move(picture), *content, context_.stop);
            });
            if (!started) {
                return Unexpected(started.error());
            }
            recognised = std::move(*started);
        }
        open_.push_back(
            {.index = index,
             .page = std::move(page),
             .content = std::move(content),
             .recognised = std::move(recognised)}
        );
        return {};
    }

    /// True for a page with hardly any text that can be read, and an image.
    static bool IsPicture(const document::PageContent& content) {
        constexpr std::size_t kFewLetters = 20;
        const auto readable =
            content.glyphs.size() -
            std::min<std::size_t>(content.glyphs.size(), static_cast<std::size_t>(content.unmapped));
        return (readable < kFewLetters && !content.images.empty()) || 2 * readable < content.glyphs.size();
    }

    /// Closes pages in their order until no more than these are open.
    Result<void> CloseAll(std::size_t but) {
        while (open_.size() > but || (!open_.empty() && !open_.front().recognised.valid())) {
            constexpr std::chrono::milliseconds kSignOfLife(1'000);
            auto& front = open_.front();
            while (front.recognised.valid() &&
                   front.recognised.wait_for(kSignOfLife) != std::future_status::ready) {
                context_.progress(done_);
            }
            if (context_.stop.stop_requested()) {
                return Fail(ErrorCode::kCancelled, "cancelled");
            }
            Close(front);
            open_.pop_front();
            context_.progress(done_);
        }
        return {};
    }

    void Close(OpenPage& open) {
        auto& content = *open.content;
        if (open.recognised.valid()) {
            ocr_pages_.push_back(
                json::object{{"page", open.index + 1}, {"confidence", std::round(open.recognised.get())}}
            );
            content.unmapped = 0;
            std::erase_if(content.images, [&](const document::Box& image) {
                return std::ranges::any_of(content.glyphs, [&](const document::Glyph& glyph) {
                    return image.HoldsMiddleOf(glyph.box);
                });
            });
        }
        unmapped_ += content.unmapped;
        sideways_ += content.sideways;
        cut_ += content.cut ? 1 : 0;
        has_text_ = has_text_ || !content.glyphs.empty();
        empty_ += content.glyphs.empty() && !content.images.empty() ? 1 : 0;
        auto layout = document::LayoutOf(content, open.index);
        for (auto& block : layout.blocks) {
            if (auto* const figure = std::get_if<document::Figure>(&block)) {
                CutOut(open, *figure);
            } else if (const auto* const column = std::get_if<document::Column>(&block)) {
                for (const auto& line : column->lines) {
                    words_.Learn(line.Text());
                }
            }
        }
        pages_.push_back(std::move(layout));
    }

    void CutOut(const OpenPage& open, document::Figure& figure) {
        if (!settings_.images || open.page == nullptr || images_.size() == kMaxPictures ||
            picture_bytes_ > kMaxPictureBytes) {
            return;
        }
        auto picture = document::PictureOf(open.page.get(), *open.content, figure.box);
        if (!picture) {
            return;
        }
        figure.name = fmt::format("image-{}.jpg", images_.size() + 1);
        picture_bytes_ += picture->size();
        images_.push_back(
            json::object{
                {"file", figure.name},
                {"page", open.index + 1},
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
        if (repaired_) {
            warnings_.emplace_back(
                "the document's cross-reference is damaged or cut off: what could be found without it was "
                "read"
            );
        }
        warn(scripts_, "the document has {} scripts, which were not run");
        warn(files_, "the document has {} other files in it, which were not read");
        warn(unreadable_, "{} pages could not be read");
        warn(huge_, "{} pages are larger than PDF allows");
        warn(unmapped_, "{} letters have a font that does not say which they are");
        warn(sideways_, "{} letters stand in another direction than their page and were left out");
        warn(cut_, "of {} pages not all letters were read, because there are too many");
        warn(empty_, "{} pages have pictures and no text: they may be scans");
        if (pages_.empty()) {
            warnings_.emplace_back("no page was read");
        } else if (!has_text_ && empty_ == 0) {
            warnings_.emplace_back("no text was found on any page");
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
            {"ocr_pages", std::move(ocr_pages_)},
            {"dropped",
             {{"headers", dropped.headers},
              {"footers", dropped.footers},
              {"scripts", scripts_},
              {"files", files_}}},
            {"warnings", std::move(warnings_)},
        };
        return output;
    }

    const DocumentSettings& settings_;
    const RunContext& context_;
    std::deque<OpenPage> open_;  ///< Outlives the pool, whose threads write into it.
    document::RecognitionPool pool_;
    json::array ocr_pages_;
    double done_ = 0;
    int pictures_ = 0;
    std::vector<document::PageLayout> pages_;
    document::Vocabulary words_;
    std::vector<OutputArtifact> artifacts_;
    json::array images_;
    json::array warnings_;
    std::size_t picture_bytes_ = 0;
    bool repaired_ = false;
    bool has_text_ = false;
    int scripts_ = 0;
    int files_ = 0;
    int unreadable_ = 0;
    int huge_ = 0;
    int unmapped_ = 0;
    int sideways_ = 0;
    int cut_ = 0;
    int empty_ = 0;
};

class DocumentMarkdown final : public WholeItem {
public:
    explicit DocumentMarkdown(DocumentSettings settings) : settings_(std::move(settings)) {}

    [[nodiscard]] Result<Output> Run(ByteSource& bytes, const RunContext& context) override {
        if (context.media_type.starts_with("image/")) {
            if (settings_.ocr == Ocr::kOff) {
                return Unexpected(
                    Error{
                        .code = ErrorCode::kUnsupported,
                        .stage = "open",
                        .reason = "unsupported_media",
                        .message = "pictures are read only with OCR, which is off"
                    }
                );
            }
            return Conversion(settings_, context).RunOnPictures(bytes);
        }
        return document::PdfDocument::Open(bytes, settings_.password).and_then([&](const auto& pdf) {
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
        const auto ocr = json::value_to<std::string>(config.at("ocr"));
        settings.ocr = ocr == "auto" ? Ocr::kAuto : ocr == "always" ? Ocr::kAlways : Ocr::kOff;
        settings.languages.clear();
        std::istringstream languages(json::value_to<std::string>(config.at("languages")));
        for (std::string each; std::getline(languages, each, '+');) {
            settings.languages.push_back(each);
        }
        if (const auto* const password =
                config.if_contains("password")) {  // rules of earlier versions have none
            settings.password = json::value_to<std::string>(*password);
        }
        settings.page_separators = config.at("page_separators").as_bool();
    } catch (const std::exception&) {
        return Fail(ErrorCode::kInvalidArgument, "the configuration is not that of document-markdown");
    }
    return settings;
}

std::unique_ptr<WholeItem> MakeDocumentMarkdown(DocumentSettings settings) {
    return std::make_unique<DocumentMarkdown>(std::move(settings));
}

}  // namespace notify
