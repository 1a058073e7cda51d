#include "people/distance.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <tuple>

#include "domain/person.hpp"

namespace notify {

namespace {

constexpr double kEvenDistance = 0.36;
constexpr double kSlope = 0.026;  // docs/processors/facial-recognition.md says how it was fitted

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
    std::array<double, std::tuple_size_v<Embedding>> sum{};
    for (const auto& [embedding, weight] : embeddings) {
        for (std::size_t i = 0; i < sum.size(); ++i) {
            sum[i] += weight * double{embedding[i]};
        }
    }
    double squares = 0;
    for (const double value : sum) {
        squares += value * value;
    }
    Embedding mean{};
    for (std::size_t i = 0; i < sum.size() && squares > 0; ++i) {
        mean[i] = static_cast<float>(sum[i] / std::sqrt(squares));
    }
    return mean;
}

double SimilarityOf(double distance) noexcept {
    return std::round(1000 / (1 + std::exp((distance - kEvenDistance) / kSlope))) / 10;
}

}  // namespace notify
