#pragma once

// JPEG out, for thumbnails and crops.

#include <string>

#include "core/result.hpp"
#include "media/picture.hpp"

namespace notify {

/// `quality` 1 … 100. kInvalidArgument for an empty picture, kInternal when the encoder refuses. Thread-safe.
[[nodiscard]] Result<std::string> EncodeJpeg(const PictureView& picture, int quality = 85);

}  // namespace notify
