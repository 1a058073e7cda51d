#pragma once

// How a stored picture has to be turned to be upright: display matrices of containers, EXIF of photos.

#include <cstdint>

#include "core/byte_source.hpp"
#include "core/result.hpp"

namespace notify {

/// First top and bottom change places when `mirrored`, then the picture is turned clockwise.
struct Orientation {
    int rotation = 0;  ///< 0, 90, 180 or 270 degrees.
    bool mirrored = false;

    /// Width and height change places.
    [[nodiscard]] bool Sideways() const noexcept { return rotation == 90 || rotation == 270; }

    friend bool operator==(const Orientation&, const Orientation&) = default;
};

/// From a display matrix of nine 32-bit numbers (libavutil/display.h); upright for null. Angles between are
/// rounded to the next quarter.
[[nodiscard]] Orientation OrientationOf(const std::uint8_t* matrix);

/// From EXIF tag 0x0112 of a JPEG (CIPA DC-008, 4.6.4); upright when there is none or it is damaged. Reads at
/// most 256 KiB. Errors of `bytes` only.
[[nodiscard]] Result<Orientation> JpegOrientation(ByteSource& bytes);

}  // namespace notify
