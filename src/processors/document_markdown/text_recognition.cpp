#include "processors/document_markdown/text_recognition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/types.h>
#include <tesseract/baseapi.h>
#include <tesseract/ocrclass.h>
#include <tesseract/publictypes.h>
#include <tesseract/resultiterator.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr std::size_t kMaxLanguages = 128;
constexpr std::size_t kMaxLanguageBytes = 64U << 20U;
constexpr std::string_view kSuffix = ".traineddata";

constexpr float kLeastSure = 35;  // of 100: less is a drawing that was taken for letters

using Level = tesseract::PageIteratorLevel;

/// The installed languages by their names; written by OpenLanguages alone.
std::map<std::string, UniqueFd, std::less<>>& Languages() {
    static std::map<std::string, UniqueFd, std::less<>> languages;
    return languages;
}

/// Reads what tesseract takes for a file.
bool ReadLanguage(const char* path, std::vector<char>* bytes) {
    const auto found = Languages().find(std::filesystem::path(path).stem().native());
    if (found == Languages().end()) {
        return false;
    }
    std::array<char, 64U << 10U> block{};
    bytes->clear();
    while (bytes->size() < kMaxLanguageBytes) {
        const auto got =
            ::pread(found->second.Get(), block.data(), block.size(), static_cast<::off_t>(bytes->size()));
        if (got <= 0) {
            return got == 0 && !bytes->empty();
        }
        bytes->insert(bytes->end(), block.begin(), block.begin() + got);
    }
    return false;
}

Box BoxOf(const tesseract::ResultIterator& at, Level level, float points_a_pixel) {
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;
    at.BoundingBox(level, &left, &top, &right, &bottom);
    const auto points = [&](int pixels) { return static_cast<float>(pixels) * points_a_pixel; };
    return {.left = points(left), .top = points(top), .right = points(right), .bottom = points(bottom)};
}

/// A line's baseline and the size of its letters, in points.
struct Measure {
    float baseline = 0;
    float size = 0;
};

Measure MeasureOf(const tesseract::ResultIterator& line, float points_a_pixel) {
    float height = 0;
    float descent = 0;
    float ascent = 0;
    line.RowAttributes(&height, &descent, &ascent);
    int left = 0;
    int left_y = 0;
    int right = 0;
    int right_y = 0;
    line.Baseline(Level::RIL_TEXTLINE, &left, &left_y, &right, &right_y);
    return {
        .baseline = static_cast<float>(left_y + right_y) / 2 * points_a_pixel,
        .size = std::max(1.0F, height * points_a_pixel)
    };
}

/// Sizes that are nearly that of most letters are it: a picture does not tell them apart.
void LevelSizes(std::vector<Glyph>& glyphs) {
    constexpr float kNear = 0.35F;
    std::vector<float> sizes;
    sizes.reserve(glyphs.size());
    std::ranges::transform(glyphs, std::back_inserter(sizes), &Glyph::size);
    const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
    std::ranges::nth_element(sizes, middle);
    for (auto& glyph : glyphs) {
        if (std::abs(glyph.size - *middle) < kNear * *middle) {
            glyph.size = *middle;
        }
    }
}

/// Letters of one line, from glyph `first` on, are no larger than most of them look: a row that two lines
/// were taken for is higher.
void SettleSize(std::vector<Glyph>& glyphs, std::size_t first, std::vector<float>& heights) {
    if (heights.empty() || first == glyphs.size()) {
        heights.clear();
        return;
    }
    constexpr float kOfHeight = 2.0F;  // a letter without an ascender is about half as high as its font
    const auto middle = heights.begin() + static_cast<std::ptrdiff_t>(heights.size() / 2);
    std::ranges::nth_element(heights, middle);
    for (auto& glyph : std::span(glyphs).subspan(first)) {
        glyph.size = std::min(glyph.size, kOfHeight * *middle);
    }
    heights.clear();
}

/// Letters of a word, on their line; the box of each is as high as its line. Adds how high each looks.
void AddWord(
    tesseract::ResultIterator& at,
    const Measure& line,
    float points_a_pixel,
    PageContent& content,
    std::vector<float>& heights
) {
    bool first = true;
    do {
        // NOLINTNEXTLINE(modernize-avoid-c-arrays): as tesseract gives it
        const std::unique_ptr<char[]> text(at.GetUTF8Text(Level::RIL_SYMBOL));
        if (text == nullptr ||
            std::string_view(text.get()).find_first_not_of(' ') == std::string_view::npos) {
            continue;  // a drawing
        }
        auto box = BoxOf(at, Level::RIL_SYMBOL, points_a_pixel);
        heights.push_back(box.Height());
        constexpr float kDescent = 0.2F;
        box.top = std::min(box.top, line.baseline - (1 - kDescent) * line.size);
        box.bottom = std::max(box.bottom, line.baseline + kDescent * line.size);
        if (!first && box.left > content.glyphs.back().box.right) {
            content.glyphs.back().box.right = box.left;  // the room between its letters is no space
        }
        for (const char32_t code : CodesOf(text.get())) {
            content.glyphs.push_back(
                {.code = code,
                 .box = box,
                 .baseline = line.baseline,
                 .size = line.size,
                 .gap_before = std::exchange(first, false)}
            );
        }
    } while (!at.IsAtFinalElement(Level::RIL_WORD, Level::RIL_SYMBOL) && at.Next(Level::RIL_SYMBOL));
    constexpr bool kGoesOn = true;
    if (at.IsAtFinalElement(Level::RIL_TEXTLINE, Level::RIL_SYMBOL) && !content.glyphs.empty() &&
        content.glyphs.back().code == U'-') {
        content.glyphs.back().hyphen = kGoesOn;
    }
}

}  // namespace

void OpenLanguages() {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(NOTIFY_TESSDATA, error)) {
        if (entry.path().extension() == kSuffix && Languages().size() < kMaxLanguages) {
            Languages().emplace(
                entry.path().stem().native(), UniqueFd(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC))
            );
        }
    }
}

TextRecognition::TextRecognition() : engine_(std::make_unique<tesseract::TessBaseAPI>()) {}

TextRecognition::~TextRecognition() = default;

Result<std::unique_ptr<TextRecognition>> TextRecognition::Make(const std::vector<std::string>& languages) {
    for (const auto& language : languages) {
        if (!Languages().contains(language)) {
            return Unexpected(
                Error{
                    .code = ErrorCode::kUnsupported,
                    .stage = "ocr",
                    .reason = "language",
                    .message = fmt::format("the language '{}' is not installed for OCR", language)
                }
            );
        }
    }
    std::unique_ptr<TextRecognition> made(new TextRecognition());
    const int failed = made->engine_->Init(
        "/",
        0,
        fmt::format("{}", fmt::join(languages, "+")).c_str(),
        tesseract::OEM_LSTM_ONLY,
        nullptr,
        0,
        nullptr,
        nullptr,
        false,
        &ReadLanguage
    );
    if (failed != 0) {
        return Fail(ErrorCode::kInternal, "the OCR engine does not start");
    }
    made->engine_->SetPageSegMode(tesseract::PSM_AUTO);
    return made;
}

float TextRecognition::Read(const GrayPicture& picture, PageContent& content, const std::stop_token& stop) {
    engine_->SetImage(picture.pixels.data(), picture.width, picture.height, 1, picture.width);
    constexpr float kPointsAnInch = 72;
    engine_->SetSourceResolution(static_cast<int>(kPointsAnInch / picture.points_a_pixel));
    tesseract::ETEXT_DESC monitor;
    monitor.cancel_this = const_cast<std::stop_token*>(&stop);  // NOLINT: a C callback's argument
    monitor.cancel = [](void* token, int /*words*/) {
        return static_cast<const std::stop_token*>(token)->stop_requested();
    };
    content.glyphs.clear();
    PageContent ignored;
    std::vector<float> heights;
    std::size_t line_begin = 0;
    float sum = 0;
    int words = 0;
    if (engine_->Recognize(&monitor) == 0) {
        const std::unique_ptr<tesseract::ResultIterator> at(engine_->GetIterator());
        Measure line;
        while (at != nullptr && !at->Empty(Level::RIL_WORD)) {
            if (at->IsAtBeginningOf(Level::RIL_TEXTLINE)) {
                SettleSize(content.glyphs, line_begin, heights);
                line_begin = content.glyphs.size();
                line = MeasureOf(*at, picture.points_a_pixel);
            }
            const float sure = at->Confidence(Level::RIL_WORD);
            sum += sure;
            ++words;
            AddWord(*at, line, picture.points_a_pixel, sure < kLeastSure ? ignored : content, heights);
            if (!at->Next(Level::RIL_SYMBOL)) {
                break;
            }
        }
    }
    engine_->Clear();
    SettleSize(content.glyphs, line_begin, heights);
    if (content.glyphs.empty()) {
        return 0;
    }
    LevelSizes(content.glyphs);
    return sum / static_cast<float>(words);
}

}  // namespace notify::document
