#include "processors/document_markdown/scanned_pages.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <allheaders.h>
#include <arrayaccess.h>
#include <environ.h>
#include <imageio.h>
#include <pix.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "processors/document_markdown/text_recognition.hpp"

namespace notify::document {

namespace {

constexpr std::uint64_t kMaxBytes = 256U << 20U;
constexpr std::int64_t kMaxPixels = 100'000'000;
constexpr float kPointsAnInch = 72;
constexpr int kUsualResolution = 200;  // pixels an inch, where the file tells none that can be
constexpr int kLowestResolution = 70;
constexpr int kHighestResolution = 1'200;

struct DestroyPix {
    void operator()(Pix* pix) const noexcept { pixDestroy(&pix); }
};

using PixPtr = std::unique_ptr<Pix, DestroyPix>;

GrayPicture GrayOf(Pix* gray) {
    const int told = pixGetXRes(gray);
    const int resolution = told < kLowestResolution || told > kHighestResolution ? kUsualResolution : told;
    GrayPicture picture{
        .pixels = {},
        .width = pixGetWidth(gray),
        .height = pixGetHeight(gray),
        .points_a_pixel = kPointsAnInch / static_cast<float>(resolution)
    };
    picture.pixels.reserve(
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height)
    );
    for (int y = 0; y < picture.height; ++y) {
        const auto* const row = pixGetData(gray) + std::ptrdiff_t{y} * pixGetWpl(gray);
        for (int x = 0; x < picture.width; ++x) {
            picture.pixels.push_back(GET_DATA_BYTE(row, x));
        }
    }
    return picture;
}

}  // namespace

Result<ScannedPages> ScannedPages::Open(ByteSource& bytes) {
    if (bytes.Size() > kMaxBytes) {
        return Fail(ErrorCode::kTooLarge, "the picture is larger than 256 MiB");
    }
    std::vector<unsigned char> all(bytes.Size());
    for (std::size_t done = 0; done < all.size();) {
        const auto got = bytes.ReadAt(done, std::as_writable_bytes(std::span(all).subspan(done)));
        if (!got) {
            return Unexpected(got.error());
        }
        if (*got == 0) {
            break;
        }
        done += *got;
    }
    ScannedPages pages(std::move(all));
    pages.first_ = pages.Decode();
    if (!pages.first_) {
        return Unexpected(
            Error{
                .code = ErrorCode::kInvalidArgument,
                .stage = "open",
                .reason = "damaged",
                .message = "the picture is damaged, cut off or has more than 100 million pixels"
            }
        );
    }
    return pages;
}

std::optional<GrayPicture> ScannedPages::Next() {
    return first_ ? std::exchange(first_, std::nullopt) : Decode();
}

std::optional<GrayPicture> ScannedPages::Decode() {
    setMsgSeverity(L_SEVERITY_NONE);
    int format = 0;
    int width = 0;
    int height = 0;
    if (ended_ || bytes_.empty() ||
        pixReadHeaderMem(bytes_.data(), bytes_.size(), &format, &width, &height, nullptr, nullptr, nullptr) !=
            0 ||
        std::int64_t{width} * height > kMaxPixels) {
        return {};
    }
    const bool tiff = format >= IFF_TIFF && format <= IFF_TIFF_ZIP;
    const PixPtr read(
        tiff ? pixReadMemFromMultipageTiff(bytes_.data(), bytes_.size(), &offset_)
             : pixReadMem(bytes_.data(), bytes_.size())
    );
    ended_ = !tiff || offset_ == 0;
    const PixPtr gray(read == nullptr ? nullptr : pixConvertTo8(read.get(), 0));
    return gray == nullptr ? std::nullopt : std::optional(GrayOf(gray.get()));
}

}  // namespace notify::document
