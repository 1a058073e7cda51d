#pragma once

// Tells from a packet whether other frames refer to its frame.

#include <cstdint>
#include <span>

#include "media/ffmpeg.hpp"

namespace notify {

/// True when no other frame can refer to the packet's frame: nal_ref_idc 0 of H.264 (ITU-T H.264, 7.4.1),
/// non-reference pictures of the highest sub-layer of HEVC (H.265, table 7-1), B pictures of MPEG-1 and
/// MPEG-2 (H.262, 6.3.9), and what the container marks. False when unsure.
[[nodiscard]] bool IsDisposable(const AVPacket& packet, const AVCodecParameters& codec) noexcept;

}  // namespace notify
