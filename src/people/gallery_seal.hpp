#pragma once

// A gallery as a file that leaves the installation: sealed under a passphrase of its own.

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

inline constexpr std::size_t kMostGalleryBytes = 64U << 20U;  ///< Of the file.

/// 12 to 1,024 bytes. kInvalidArgument.
[[nodiscard]] Result<void> CheckPassphrase(std::string_view passphrase);

/// The file: "notifications-api-gallery\n", its format (4 bytes, 1), a salt (16), how many bytes follow (8,
/// numbers little-endian), and the document as SecretBox seals it under PassphraseKey, bound to all that is
/// before it. kTooLarge.
[[nodiscard]] Result<std::string> SealGallery(std::string_view document, std::string_view passphrase);

/// True when it begins as SealGallery's files do.
[[nodiscard]] bool IsSealedGallery(std::string_view file) noexcept;

/// The document. Each with its sentence: kTooLarge; kInvalidArgument for what is no such file, is cut short,
/// was sealed with another passphrase, or changed since; kUnsupported for another format.
[[nodiscard]] Result<std::string> OpenGallery(std::string_view file, std::string_view passphrase);

}  // namespace notify
