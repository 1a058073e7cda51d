#pragma once

// How noisy a picture is, and a picture with less of it.

#include "media/picture.hpp"

namespace notify {

/// The standard deviation of the noise in a picture, in grey levels (0 … 255), from its green channel: what
/// is left when all that is flat, straight or evenly bent is taken out (J. Immerkær, Fast Noise Variance
/// Estimation, 1996), by its median instead of its mean, so that edges do not count. 0 for a picture of less
/// than 3 × 3 pixels. Up to 1.5 for film and photos that were compressed well, 2 to 7 for strong grain.
/// Thread-safe.
[[nodiscard]] double NoiseOf(const Picture& picture);

/// The picture with each pixel averaged with its neighbours: 1 4 6 4 1 both ways, a Gaussian of one pixel.
/// Thread-safe.
[[nodiscard]] Picture Smoothed(const Picture& picture);

}  // namespace notify
