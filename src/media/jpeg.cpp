#include "media/jpeg.hpp"

#include <memory>
#include <string>

#include <fmt/core.h>
#include <turbojpeg.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "media/picture.hpp"

namespace notify {

Result<std::string> EncodeJpeg(const PictureView& picture, int quality) {
    if (picture.pixels == nullptr || picture.width <= 0 || picture.height <= 0) {
        return Fail(ErrorCode::kInvalidArgument, "an empty picture cannot be a JPEG");
    }

    struct Destroy {
        void operator()(void* handle) const noexcept { tjDestroy(handle); }
    };

    const std::unique_ptr<void, Destroy> compressor(tjInitCompress());
    unsigned char* bytes = nullptr;
    unsigned long size = 0;
    const int done = tjCompress2(
        compressor.get(),
        picture.pixels,
        picture.width,
        static_cast<int>(picture.stride_bytes),
        picture.height,
        picture.order == PixelOrder::kBgr ? TJPF_BGR : TJPF_RGB,
        &bytes,
        &size,
        TJSAMP_420,
        quality,
        TJFLAG_ACCURATEDCT
    );
    std::string jpeg(reinterpret_cast<const char*>(bytes), done == 0 ? size : 0);
    tjFree(bytes);
    if (done != 0) {
        return Fail(ErrorCode::kInternal, fmt::format("JPEG encoder: {}", tjGetErrorStr2(compressor.get())));
    }
    return jpeg;
}

}  // namespace notify
