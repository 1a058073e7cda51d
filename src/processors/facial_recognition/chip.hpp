#pragma once

// Cuts the aligned chip of a face out of the full-resolution frame.

#include "media/decode.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

/// The chip of a face whose landmarks are in pixels of the full frame. Faces much larger than the chip are
/// halved first, so that nothing is aliased, and a noisy picture is smoothed. kInvalidArgument when the face
/// lies outside the frame or its landmarks cannot be aligned.
[[nodiscard]] Result<FaceChip> CutChip(const FrameView& frame, const Landmarks& landmarks);

}  // namespace notify
