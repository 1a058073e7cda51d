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

namespace notify::document {

namespace {

constexpr float kPixelsAPoint = 2.0F;
constexpr float kLongestSide = 1'600;
constexpr int kBgr = 2;  // FPDFBitmap_BGR
constexpr int kAnnotations = 1;

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

}  // namespace notify::document
