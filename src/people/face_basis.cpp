#include "people/face_basis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "domain/person.hpp"
#include "people/face_codes.hpp"

namespace notify {

namespace {

constexpr std::size_t kSize = kFaceDimensions;
constexpr float kLargestCode = 127;

// The grid spans two deviations of the widest axis to both sides. What lies outside is moved to its edge,
// which brings no two faces further apart; a wider grid would be a coarser one.
constexpr double kSpannedDeviations = 4;
constexpr double kLeastStep = 1.0 / 512;

// Covers single precision: 128 products of numbers up to 1 are wrong by less than 1e-5, the least step is
// 1/512.
constexpr double kRoundingSteps = 0.05;
constexpr double kRoundingShare = 1e-5;

using Matrix = std::vector<std::array<double, kSize>>;

struct Axes {
    Matrix spread;  ///< Towards diagonal: the variances along the axes.
    Matrix axes;    ///< Rows.
};

std::array<double, kSize> MeanOfAll(std::span<const Embedding> sample) {
    std::array<double, kSize> mean{};
    for (const auto& embedding : sample) {
        for (std::size_t i = 0; i < kSize; ++i) {
            mean[i] += double{embedding[i]};
        }
    }
    for (double& value : mean) {
        value /= static_cast<double>(sample.size());
    }
    return mean;
}

Matrix CovarianceOf(std::span<const Embedding> sample) {
    const auto mean = MeanOfAll(sample);
    Matrix covariance(kSize);
    std::array<double, kSize> away{};
    for (const auto& embedding : sample) {
        for (std::size_t i = 0; i < kSize; ++i) {
            away[i] = double{embedding[i]} - mean[i];
        }
        for (std::size_t i = 0; i < kSize; ++i) {
            const double one = away[i] / static_cast<double>(sample.size());
            double* row = covariance[i].data();
            for (std::size_t j = 0; j < kSize; ++j) {
                row[j] += one * away[j];
            }
        }
    }
    return covariance;
}

void TurnRows(std::array<double, kSize>& a, std::array<double, kSize>& b, double cosine, double sine) {
    double* first = a.data();
    double* second = b.data();
    for (std::size_t k = 0; k < kSize; ++k) {
        const double x = first[k];
        const double y = second[k];
        first[k] = cosine * x - sine * y;
        second[k] = sine * x + cosine * y;
    }
}

void TurnColumns(Matrix& matrix, std::pair<std::size_t, std::size_t> pair, double cosine, double sine) {
    for (auto& row : matrix) {
        const double x = row[pair.first];
        const double y = row[pair.second];
        row[pair.first] = cosine * x - sine * y;
        row[pair.second] = sine * x + cosine * y;
    }
}

/// Jacobi's rotation that makes the two axes independent.
void Decorrelate(Axes& all, std::size_t p, std::size_t q) {
    const double shared = all.spread[p][q];
    if (shared * shared <= 1e-8 * all.spread[p][p] * all.spread[q][q]) {
        return;
    }
    const double ratio = (all.spread[q][q] - all.spread[p][p]) / (2 * shared);
    const double tangent = (ratio >= 0 ? 1 : -1) / (std::abs(ratio) + std::sqrt(ratio * ratio + 1));
    const double cosine = 1 / std::sqrt(tangent * tangent + 1);
    const double sine = tangent * cosine;
    TurnColumns(all.spread, {p, q}, cosine, sine);
    TurnRows(all.spread[p], all.spread[q], cosine, sine);
    TurnRows(all.axes[p], all.axes[q], cosine, sine);
}

/// Orthogonal whenever it stops; five rounds are enough for axes that differ enough to matter.
Axes PrincipalAxes(Matrix covariance) {
    constexpr int kRounds = 5;
    Axes all{.spread = std::move(covariance), .axes = Matrix(kSize)};
    for (std::size_t i = 0; i < kSize; ++i) {
        all.axes[i][i] = 1;
    }
    for (int round = 0; round < kRounds; ++round) {
        for (std::size_t p = 0; p + 1 < kSize; ++p) {
            for (std::size_t q = p + 1; q < kSize; ++q) {
                Decorrelate(all, p, q);
            }
        }
    }
    return all;
}

}  // namespace

FaceBasis::FaceBasis() : step_(static_cast<float>(kSpannedDeviations / std::sqrt(kSize) / kLargestCode)) {
    for (std::size_t i = 0; i < kSize; ++i) {
        rotation_.rows[i][i] = 1;
    }
}

FaceBasis FaceBasis::Fitted(std::span<const Embedding> sample) {
    const auto found = PrincipalAxes(CovarianceOf(sample));
    const auto mean = MeanOfAll(sample);
    std::array<std::size_t, kSize> widest_first{};
    std::iota(widest_first.begin(), widest_first.end(), std::size_t{0});
    const auto variance = [&](std::size_t axis) { return found.spread[axis][axis]; };
    std::ranges::sort(widest_first, std::ranges::greater{}, variance);
    FaceBasis basis;
    for (std::size_t j = 0; j < kSize; ++j) {
        const auto& axis = found.axes[widest_first[j]];
        for (std::size_t i = 0; i < kSize; ++i) {
            basis.rotation_.rows[i][j] = static_cast<float>(axis[i]);
        }
        basis.middle_[j] =
            static_cast<float>(std::inner_product(axis.begin(), axis.end(), mean.begin(), 0.0));
    }
    const double deviation = std::sqrt(std::max(0.0, variance(widest_first.front())));
    basis.step_ = static_cast<float>(std::max(kLeastStep, kSpannedDeviations * deviation / kLargestCode));
    return basis;
}

FaceCode FaceBasis::CodeOf(const FaceKernel& kernel, const Embedding& embedding) const {
    const auto rotated = kernel.rotate(rotation_, embedding);
    const float steps = 1 / step_;
    FaceCode code;
    for (std::size_t i = 0; i < kSize; ++i) {
        const float half_above =
            (rotated[i] - middle_[i]) * steps + kLargestCode / 2 + 0.5F;  // cut off, it is rounded
        code[i] = static_cast<std::uint8_t>(std::clamp(half_above, 0.0F, kLargestCode + 0.5F));
    }
    return code;
}

FaceBasis::Query FaceBasis::QueryOf(const FaceKernel& kernel, const Embedding& embedding) const {
    Query query{
        .code = CodeOf(kernel, embedding), .steps_per_distance = (1 + kRoundingShare) / double{step_}
    };
    const auto rotated = kernel.rotate(rotation_, embedding);
    double squares = 0;
    for (std::size_t stage = 0; stage < kCodeStages.size(); ++stage) {
        const std::size_t end = kCodeStages[stage].first + kCodeStages[stage].count;
        for (std::size_t i = kCodeStages[stage].first; i < end; ++i) {
            const double place =
                (double{rotated[i]} - double{middle_[i]}) / double{step_} + double{kLargestCode} / 2;
            const double off = std::clamp(place, 0.0, double{kLargestCode}) - query.code[i];
            squares += off * off;
        }
        // the query's own rounding, and the most that a stored face's can be
        query.slack[stage] = std::sqrt(squares) + std::sqrt(static_cast<double>(end)) / 2 + kRoundingSteps;
    }
    return query;
}

std::int32_t FaceBasis::Query::Limit(std::size_t stage, double distance) const noexcept {
    constexpr std::int32_t kMost = kSize * 127 * 127;
    const double steps = distance * steps_per_distance + slack[stage];
    return steps * steps < kMost ? static_cast<std::int32_t>(steps * steps) : kMost;
}

}  // namespace notify
