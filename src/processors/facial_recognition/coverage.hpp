#pragma once

// Which times of a video were looked at, and why others were not.

#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/json.hpp>

#include "core/binary.hpp"
#include "media/decode.hpp"
#include "processors/facial_recognition/settings.hpp"

namespace notify {

/// Stretches without a longer gap than three steps, or three of the usual distances, between two samples: a
/// video of one frame a second is looked at as a whole. Not thread-safe.
class Coverage final {
public:
    explicit Coverage(double step_ms) : step_ms_(step_ms) {}

    /// A sample at that time; times rise. Beyond 10,000 stretches the last one goes on: what lies behind is
    /// taken for looked at.
    void Add(std::int64_t ms);

    /// The result's member "coverage" (docs/processors/facial-recognition.md).
    [[nodiscard]] boost::json::object Json(const DecodeSummary& summary, const FaceSettings& settings) const;

    static void Members(auto& archive, Either<Coverage> auto& coverage) {
        archive(coverage.samples_, coverage.usual_ms_);
        archive(coverage.first_ms_, coverage.last_ms_);
    }

    /// What adding samples can have made of it.
    [[nodiscard]] bool IsPlausible() const;

private:
    double step_ms_;
    double usual_ms_ = 0;  ///< Between two samples, as of late.
    std::int64_t samples_ = 0;
    std::vector<std::int64_t> first_ms_;  ///< The first sample of each stretch …
    std::vector<std::int64_t> last_ms_;   ///< … and beside it the last.
};

}  // namespace notify
