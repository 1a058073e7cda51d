#include "people/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace notify {

namespace {

// docs/processors/facial-recognition.md says how these were fitted
constexpr double kSlope = 0.0123;
constexpr double kEven = 0.3366;      // with three photos or more, among kPeople
constexpr double kOnePhoto = 0.0412;  // one photo is no mean: everybody is further from it
constexpr double kTwoPhotos = 0.0106;
constexpr double kMorePeople = 0.0111;  // for each e times as many: more can be taken for another
constexpr double kPeople = 20;
constexpr double kFewestPeople = 5;

double FurtherWith(std::size_t photos) {
    if (photos >= 3) {
        return 0;
    }
    return photos == 2 ? kTwoPhotos : kOnePhoto;
}

}  // namespace

double ProbabilityOf(double distance, std::size_t photos, std::size_t people) noexcept {
    const double crowd = std::log(std::max(static_cast<double>(people), kFewestPeople) / kPeople);
    const double even = kEven + FurtherWith(photos) - (kMorePeople * crowd);
    return 1 / (1 + std::exp((distance - even) / kSlope));
}

}  // namespace notify
