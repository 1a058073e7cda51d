#pragma once

// When a face came or went between two samples.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "inference/face_detector.hpp"
#include "media/decode.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

/// Halves the time between a sample and the one before by the frames that are kept between them. At most as
/// many frames are looked at as are kept, each once, however many faces came and went. For one sample; what
/// it is made with outlives it. Not thread-safe.
class EdgeSearch final {
public:
    EdgeSearch(
        FaceDetector& detector,
        const FrameView& sample,
        std::int64_t previous_ms,
        const FaceSettings& settings
    )
        : detector_(detector),
          sample_(sample),
          previous_ms_(previous_ms),
          settings_(settings),
          seen_(sample.between_ms.size()) {}

    /// The start of a face that this sample shows and the one before does not: half way from the last frame
    /// without it to the first with it, no further back than half the distance of two samples. At a cut the
    /// cut. Errors of the detector.
    [[nodiscard]] Result<std::int64_t> StartOf(const Sighting& face);

    /// The end of a face that the sample before showed so and this one does not, likewise.
    [[nodiscard]] Result<std::int64_t> EndOf(const FaceBox& box, const FaceLook& look);

private:
    struct Edge {
        std::int64_t before_ms;
        std::int64_t after_ms;
    };

    [[nodiscard]] Result<Edge> EdgeOf(const FaceBox& box, const FaceLook& look, bool shown_after);
    [[nodiscard]] Result<bool> Shows(std::size_t index, const FaceBox& box, const FaceLook& look);
    [[nodiscard]] std::int64_t HalfOf(const Edge& edge) const;

    FaceDetector& detector_;
    const FrameView& sample_;
    std::int64_t previous_ms_;
    const FaceSettings& settings_;
    std::vector<std::optional<std::vector<Sighting>>> seen_;  ///< Of the frames that were looked at.
};

}  // namespace notify
