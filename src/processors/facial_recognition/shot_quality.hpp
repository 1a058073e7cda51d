#pragma once

// How good a picture of a face is for recognising it.

#include "processors/facial_recognition/sighting.hpp"

namespace notify {

/// Where the head is turned. Thread-safe.
[[nodiscard]] Pose PoseOf(const Landmarks& landmarks) noexcept;

/// How far apart two poses are: 0 the same, 0.25 clearly another.
[[nodiscard]] float PoseDifference(const Pose& a, const Pose& b) noexcept;

/// Detector score × eye distance × frontalness × sharpness, each 0 … 1, so the product is 0 … 1 too. Sharp
/// frontal faces of a good size are at 0.5 and more. Thread-safe.
[[nodiscard]] float QualityOf(const Sighting& sighting) noexcept;

/// False for faces that no embedding should be made of: eyes closer than 12 pixels, or a profile. Such a
/// shot says more about the picture than about the person.
[[nodiscard]] bool IsRecognisable(const Sighting& sighting) noexcept;

}  // namespace notify
