#pragma once

// The grid on which faces get their codes: rotated so that the first numbers tell most.

#include <array>
#include <cstddef>
#include <span>

#include "domain/person.hpp"
#include "people/face_codes.hpp"

namespace notify {

/// An orthogonal rotation, a middle and a step. It decides how fast a search is, never what it finds.
/// Immutable: thread-safe.
class FaceBasis final {
public:
    /// The unrotated one, for unit vectors of any kind.
    FaceBasis();

    /// The principal axes of these embeddings, the widest first. `sample` is not empty.
    [[nodiscard]] static FaceBasis Fitted(std::span<const Embedding> sample);

    /// What a search needs of the face that is looked for.
    struct Query {
        FaceCode code{};

        /// For each stage: a face at `distance` has a code whose squared distance, up to this stage, is at
        /// most this.
        [[nodiscard]] std::int32_t Limit(std::size_t stage, double distance) const noexcept;

        std::array<double, kCodeStages.size()> slack{};  ///< In steps.
        double steps_per_distance = 0;
    };

    [[nodiscard]] FaceCode CodeOf(const FaceKernel& kernel, const Embedding& embedding) const;
    [[nodiscard]] Query QueryOf(const FaceKernel& kernel, const Embedding& embedding) const;

private:
    FaceRotation rotation_;
    Embedding middle_{};  ///< Rotated.
    float step_ = 0;
};

}  // namespace notify
