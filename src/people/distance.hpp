#pragma once

// How far two faces are apart, and what a distance means to a person.

#include <span>

#include "domain/person.hpp"

namespace notify {

/// Euclidean; embeddings have length 1, so it is 0 … 2. Thread-safe.
[[nodiscard]] double DistanceBetween(const Embedding& a, const Embedding& b) noexcept;

/// False for an embedding without length: one that could not be read.
[[nodiscard]] bool IsEmbedding(const Embedding& embedding) noexcept;

/// An embedding and how much it counts.
struct WeighedEmbedding {
    Embedding embedding{};
    double weight = 1;
};

/// The weighted mean, scaled to length 1; all 0 when there is nothing to take the mean of.
[[nodiscard]] Embedding MeanOf(std::span<const WeighedEmbedding> embeddings) noexcept;

/// How unlike one another they are: the mean of their squared distances from their mean as it is before it is
/// scaled, which is 1 − its squared length. 0 for one, or for many that are the same; about 0.045 for many
/// single photos of one person. 0 when there is nothing.
[[nodiscard]] double SpreadOf(std::span<const WeighedEmbedding> embeddings) noexcept;

/// A distance between means of pictures as if it were one between single pictures: √(distance² + spread / 2).
/// Of pictures that are averaged what is odd in each goes away, so means of unlike pictures are nearer to
/// everybody, strangers too. `spread`: of both together. Its source: docs/processors/facial-recognition.md,
/// "Distance".
[[nodiscard]] double AsOfSinglePictures(double distance, double spread) noexcept;

/// 0 … 100 in tenths, with 50 at the distance of 0.38: the logistic of docs/processors/facial-recognition.md.
[[nodiscard]] double SimilarityOf(double distance) noexcept;

}  // namespace notify
