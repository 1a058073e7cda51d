#include "people/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace notify {

namespace {

// docs/processors/facial-recognition.md says how these were fitted
constexpr double kSlope = 0.0115;
constexpr double kEven = 0.3619;        // among kPeople
constexpr double kMorePeople = 0.0102;  // for each e times as many: more can be taken for another
constexpr double kPeople = 20;
constexpr double kFewestPeople = 5;

}  // namespace

double ProbabilityOf(double distance, std::size_t people) noexcept {
    const double crowd = std::log(std::max(static_cast<double>(people), kFewestPeople) / kPeople);
    const double even = kEven - (kMorePeople * crowd);
    return 1 / (1 + std::exp((distance - even) / kSlope));
}

}  // namespace notify
