#include "processors/document_markdown/figure_picture.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "media/jpeg.hpp"
#include "media/picture.hpp"
#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/pdfium.hpp"
#include "processors/document_markdown/text_recognition.hpp"

namespace notify::document {

namespace {

constexpr float kPixelsAPoint = 2.0F;
constexpr float kLongestSide = 1'600;
constexpr int kBgr = 2;  // FPDFBitmap_BGR
constexpr int kAnnotations = 1;
constexpr int kGray = 1;  // FPDFBitmap_Gray
constexpr float kReadingPixelsAPoint = 200.0F / 72;
constexpr float kMaxReadingPixels = 24e6F;

struct DestroyBitmap {
    void operator()(FPDF_BitmapRecord* bitmap) const noexcept { FPDFBitmap_Destroy(bitmap); }
};

}  // namespace

Result<std::string> PictureOf(FPDF_PageRecord* page, const PageContent& content, const Box& box) {
    const auto scale = std::min(kPixelsAPoint, kLongestSide / std::max({box.Width(), box.Height(), 1.0F}));
    const auto pixels = [&](float points) { return static_cast<int>(std::lround(points * scale)); };
    const int width = std::max(1, pixels(box.Width()));
    const int height = std::max(1, pixels(box.Height()));
    std::vector<std::uint8_t> bytes(
        static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 255
    );
    const std::unique_ptr<FPDF_BitmapRecord, DestroyBitmap> bitmap(
        FPDFBitmap_CreateEx(width, height, kBgr, bytes.data(), width * 3)
    );
    if (bitmap == nullptr) {
        return Fail(ErrorCode::kInternal, "no picture of the page can be made");
    }
    FPDF_RenderPageBitmap(
        bitmap.get(),
        page,
        -pixels(box.left),
        -pixels(box.top),
        pixels(content.width),
        pixels(content.height),
        (4 - content.turns) % 4,
        kAnnotations
    );
    return EncodeJpeg(
        {.pixels = bytes.data(),
         .width = width,
         .height = height,
         .stride_bytes = std::ptrdiff_t{width} * 3,
         .order = PixelOrder::kBgr}
    );
}

Result<GrayPicture> GrayPictureOf(FPDF_PageRecord* page, const PageContent& content) {
    const auto scale = std::min(
        kReadingPixelsAPoint, std::sqrt(kMaxReadingPixels / std::max(1.0F, content.width * content.height))
    );
    const auto pixels = [&](float points) { return std::max(1, static_cast<int>(points * scale)); };
    GrayPicture picture{
        .pixels = {},
        .width = pixels(content.width),
        .height = pixels(content.height),
        .points_a_pixel = 1 / scale
    };
    picture.pixels.assign(
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height), 255
    );
    const std::unique_ptr<FPDF_BitmapRecord, DestroyBitmap> bitmap(
        FPDFBitmap_CreateEx(picture.width, picture.height, kGray, picture.pixels.data(), picture.width)
    );
    if (bitmap == nullptr) {
        return Fail(ErrorCode::kInternal, "no picture of the page can be made");
    }
    FPDF_RenderPageBitmap(
        bitmap.get(), page, 0, 0, picture.width, picture.height, (4 - content.turns) % 4, kAnnotations
    );
    return picture;
}

}  // namespace notify::document
