#pragma once

// What the first bytes of a file say before any demuxer looks at them.

#include <string_view>

namespace notify {

/// How many bytes from the beginning the functions here want to see.
inline constexpr int kSignatureBytes = 1024;

/// HLS, DASH, concat and other lists whose media lies in other files.
[[nodiscard]] bool LooksLikePlaylist(std::string_view start) noexcept;

/// Boxes of ISO media (ISO/IEC 14496-12, 4.2): MP4, QuickTime, 3GP.
[[nodiscard]] bool LooksLikeMovie(std::string_view start) noexcept;

/// A Matroska file whose document type is WebM.
[[nodiscard]] bool LooksLikeWebm(std::string_view start) noexcept;

}  // namespace notify
