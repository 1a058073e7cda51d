#pragma once

// The combs of an interlaced picture where something moves.

#include "media/picture.hpp"

namespace notify {

/// Replaces pixels of every second row (1, 3, …) that stand out from both rows beside them, as those of
/// another moment do, by the mean of these. Where the picture stands still it stays as sharp as it is.
void MendCombs(Picture& woven);

}  // namespace notify
