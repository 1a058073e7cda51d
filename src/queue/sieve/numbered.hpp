#pragma once

// Names of frames: a stem, a number, an extension of pictures.

#include <cstdint>
#include <optional>
#include <string_view>

namespace notify {

/// Kinds of pictures.
enum class FrameFormat : std::uint8_t {
    kFilm,   ///< Made for sequences: DPX, Cineon, OpenEXR, Targa, ARRIRAW, JPEG 2000, SGI.
    kPhoto,  ///< Single photos have it as often: JPEG, PNG, TIFF, DNG, BMP.
};

/// A key that may be one of a sequence's: "shots/a.0007.dpx" has the stem "shots/a.".
struct NumberedName {
    std::string_view stem;  ///< The folder and what stands before the number; views into the key.
    std::string_view digits;
    std::string_view extension;  ///< As it is written, without the dot.
    FrameFormat format = FrameFormat::kFilm;
};

/// Nothing when there is no number directly before the extension, or it has more than 18 digits, or the
/// extension is none of pictures.
[[nodiscard]] std::optional<NumberedName> ParseNumbered(std::string_view key);

}  // namespace notify
