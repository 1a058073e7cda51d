#pragma once

// Finds faces in an image with YuNet.

#include <memory>
#include <vector>

#include "core/result.hpp"
#include "inference/image_view.hpp"
#include "inference/session.hpp"
#include "inference/yunet_decode.hpp"
#include "inference/yunet_weights.hpp"

namespace notify {

/// A compiled detector. Not thread-safe: one per thread; after Create no file is opened and no thread
/// started.
class FaceDetector final {
public:
    /// Compiles the network and runs it once. kInvalidArgument when layers are missing or of the wrong size,
    /// kInternal when the runtime fails.
    [[nodiscard]] static Result<FaceDetector> Create(
        const YunetWeights& weights, const SessionOptions& options
    );

    ~FaceDetector();
    FaceDetector(FaceDetector&&) noexcept;
    FaceDetector& operator=(FaceDetector&&) noexcept;
    FaceDetector(const FaceDetector&) = delete;
    FaceDetector& operator=(const FaceDetector&) = delete;

    /// The faces in `image`, best first, boxes and landmarks in its pixels. Any size up to 4096 a side; faces
    /// from about 10 to 300 pixels are found best, so scale larger images to about 640 on their long side
    /// first. The first image of a new size takes some 10 ms more. kInvalidArgument for an unreadable or
    /// larger image.
    [[nodiscard]] Result<std::vector<DetectedFace>> Detect(
        const ImageView& image, const DetectionLimits& limits = {}
    );

    /// Detect without decoding, for comparisons: the planes of strides 8, 16 and 32 over the image padded
    /// with black to multiples of 32. They are valid until the next call.
    [[nodiscard]] Result<std::vector<YunetPlanes>> Run(const ImageView& image);

private:
    struct Compiled;
    explicit FaceDetector(std::unique_ptr<Compiled> compiled);

    std::unique_ptr<Compiled> compiled_;
};

}  // namespace notify
