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

/// 0 … 100 in tenths, with 50 at the distance of 0.36: the logistic of docs/processors/facial-recognition.md.
[[nodiscard]] double SimilarityOf(double distance) noexcept;

}  // namespace notify
