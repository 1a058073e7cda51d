#pragma once

// How the pictures of a published text are called: "paper.pdf.assets/image-7.jpg".

#include <cstddef>
#include <string>
#include <string_view>

namespace notify {

/// How the folder's name ends.
inline constexpr std::string_view kPictureFolderSuffix = ".assets/";

/// Of the picture with that number in its folder.
[[nodiscard]] std::string PictureName(std::size_t number);

/// True for a key that is called so. Such pictures are numbered, and no frames of a sequence.
[[nodiscard]] bool IsPictureKey(std::string_view key) noexcept;

}  // namespace notify
