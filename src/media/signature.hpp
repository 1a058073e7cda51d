#pragma once

// What the first bytes of a file say before any demuxer looks at them.

#include <cstddef>
#include <string>
#include <string_view>

#include "core/byte_source.hpp"
#include "core/result.hpp"

namespace notify {

/// How many bytes from the beginning the functions here want to see.
inline constexpr std::size_t kSignatureBytes = 1024;

/// The first `most` bytes, fewer when there are no more. Errors of `bytes` only.
[[nodiscard]] Result<std::string> ReadStart(ByteSource& bytes, std::size_t most);

/// HLS, DASH, concat and other lists whose media lies in other files.
[[nodiscard]] bool LooksLikePlaylist(std::string_view start) noexcept;

/// Boxes of ISO media (ISO/IEC 14496-12, 4.2): MP4, QuickTime, 3GP.
[[nodiscard]] bool LooksLikeMovie(std::string_view start) noexcept;

/// Whether a file that begins so is a HEIF picture (HEIC, AVIF): by the major brand of its first box (ISO/IEC
/// 23008-12).
[[nodiscard]] bool LooksLikeHeif(std::string_view start) noexcept;

/// A WebP picture of more than one frame: its VP8X chunk says "animation" (RFC 9649, 2.7.1).
[[nodiscard]] bool LooksLikeMovingWebp(std::string_view start) noexcept;

/// A Matroska file whose document type is WebM.
[[nodiscard]] bool LooksLikeWebm(std::string_view start) noexcept;

}  // namespace notify
