#include "people/distance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <tuple>

#include "domain/person.hpp"

namespace notify {

namespace {

constexpr double kEvenDistance = 0.38;
constexpr double kSlope = 0.026;  // docs/processors/facial-recognition.md says how it was fitted
constexpr double kSpreadShare = 0.5;

using Sum = std::array<double, std::tuple_size_v<Embedding>>;

Sum SumOf(std::span<const WeighedEmbedding> embeddings) noexcept {
    Sum sum{};
    for (const auto& [embedding, weight] : embeddings) {
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += weight * double{embedding[i]};
        }
    }
    return sum;
}

double SquaresOf(const Sum& sum) noexcept {
    double squares = 0;
    for (const double value : sum) {
        squares += value * value;
    }
    return squares;
}

}  // namespace

double DistanceBetween(const Embedding& a, const Embedding& b) noexcept {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = double{a[i]} - double{b[i]};
        sum += difference * difference;
    }
    return std::sqrt(sum);
}

bool IsEmbedding(const Embedding& embedding) noexcept {
    const double length = DistanceBetween(embedding, Embedding{});
    return length > 0.5 && length < 2;
}

Embedding MeanOf(std::span<const WeighedEmbedding> embeddings) noexcept {
    const auto sum = SumOf(embeddings);
    const double squares = SquaresOf(sum);
    Embedding mean{};
    for (std::size_t i = 0; i < sum.size() && squares > 0; ++i) {
        mean[i] = static_cast<float>(sum[i] / std::sqrt(squares));
    }
    return mean;
}

double SpreadOf(std::span<const WeighedEmbedding> embeddings) noexcept {
    double weights = 0;
    for (const auto& [embedding, weight] : embeddings) {
        weights += weight;
    }
    return weights > 0 ? std::max(0.0, 1 - (SquaresOf(SumOf(embeddings)) / (weights * weights))) : 0;
}

double AsOfSinglePictures(double distance, double spread) noexcept {
    return std::sqrt((distance * distance) + (kSpreadShare * spread));
}

double SimilarityOf(double distance) noexcept {
    return std::round(1000 / (1 + std::exp((distance - kEvenDistance) / kSlope))) / 10;
}

}  // namespace notify
