#pragma once

// Turns aligned faces into embeddings with dlib's face recognition ResNet-29.

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "inference/dlib_network.hpp"
#include "inference/face_chip.hpp"
#include "inference/session.hpp"

namespace notify {

inline constexpr std::size_t kFaceEmbeddingSize = 128;

/// Where a face lies among all faces: near the same person's, far from others'.
using FaceEmbedding = std::array<float, kFaceEmbeddingSize>;

/// A compiled embedding network. Not thread-safe: one per thread; after Create no file is opened and no
/// thread started.
class FaceEmbedder final {
public:
    /// Compiles the network and runs it once. kInvalidArgument when it is not one from 150×150 RGB to 128
    /// floats, kInternal when the runtime fails.
    [[nodiscard]] static Result<FaceEmbedder> Create(DlibNetwork network, const SessionOptions& options);

    ~FaceEmbedder();
    FaceEmbedder(FaceEmbedder&&) noexcept;
    FaceEmbedder& operator=(FaceEmbedder&&) noexcept;
    FaceEmbedder(const FaceEmbedder&) = delete;
    FaceEmbedder& operator=(const FaceEmbedder&) = delete;

    /// One embedding per chip, in their order, exactly as dlib gives them (in f32 equal to 1e-5; length about
    /// 1 to 1.5). An embedding does not depend on the chips beside it. kInvalidArgument for a chip of another
    /// size.
    [[nodiscard]] Result<std::vector<FaceEmbedding>> Embed(std::span<const FaceChip> chips);

    /// For each chip the mean of its embedding and of its mirror image's, scaled to length 1: more exact than
    /// the raw one (docs/processors/facial-recognition.md). Distances between these are in [0, 2].
    [[nodiscard]] Result<std::vector<FaceEmbedding>> NormalisedFlipAverage(std::span<const FaceChip> chips);

private:
    struct Compiled;
    explicit FaceEmbedder(std::unique_ptr<Compiled> compiled);

    std::unique_ptr<Compiled> compiled_;
};

/// Euclidean distance of two embeddings.
[[nodiscard]] float DistanceOf(const FaceEmbedding& a, const FaceEmbedding& b) noexcept;

/// The embedding scaled to length 1; unchanged when it is all zeros.
[[nodiscard]] FaceEmbedding Normalised(const FaceEmbedding& embedding) noexcept;

}  // namespace notify
