#include "processors/facial_recognition/coverage.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "media/decode.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

namespace {

constexpr double kGapSteps = 3;
constexpr double kNewsOfUsual = 0.125;
constexpr double kLongestUsualMs = 1e12;
constexpr std::size_t kMostStretches = 10'000;

boost::json::object Stretch(std::int64_t start_ms, std::int64_t end_ms) {
    return {{"start_ms", start_ms}, {"end_ms", end_ms}};
}

/// How small a face may be, in pixels of the full frame.
std::int64_t SmallestFace(const DecodeSummary& summary, const FaceSettings& settings) {
    const auto& video = summary.media.video;
    const int long_side = video ? std::max(video->width, video->height) : 0;
    const double shrunk = std::max(1.0, static_cast<double>(long_side) / settings.long_side);
    return std::lround(settings.min_face_px * shrunk);
}

}  // namespace

void Coverage::Add(std::int64_t ms) {
    ++samples_;
    const double since = last_ms_.empty() ? 0 : static_cast<double>(ms - last_ms_.back());
    const bool goes_on = !last_ms_.empty() && (since <= kGapSteps * std::max(step_ms_, usual_ms_) ||
                                               last_ms_.size() >= kMostStretches);
    usual_ms_ += (since - usual_ms_) * kNewsOfUsual;
    if (goes_on) {
        last_ms_.back() = ms;
    } else {
        first_ms_.push_back(ms);
        last_ms_.push_back(ms);
    }
}

boost::json::object Coverage::Json(const DecodeSummary& summary, const FaceSettings& settings) const {
    const bool is_video = !summary.media.still_image;
    const std::string_view why = summary.error_packets > 0 ? "damaged" : "no_frames";
    const auto step_ms = std::lround(step_ms_);
    // what began before the usual distance was known is put together again
    const double apart = summary.decoded_frames > 0 ? static_cast<double>(summary.end_ms) /
                                                          static_cast<double>(summary.decoded_frames)
                                                    : 0;
    const double gap_ms = kGapSteps * std::max(step_ms_, apart);
    boost::json::array looked_at;
    boost::json::array not_looked_at;
    const auto add_gap = [&](std::int64_t from_ms, std::int64_t to_ms, std::string_view reason) {
        if (is_video && to_ms > from_ms) {
            auto gap = Stretch(from_ms, to_ms);
            gap["reason"] = reason;
            not_looked_at.push_back(std::move(gap));
        }
    };
    const auto is_gap = [&](std::int64_t from_ms, std::int64_t to_ms) {
        return static_cast<double>(to_ms - from_ms) > gap_ms;
    };
    std::int64_t until_ms = 0;
    for (std::size_t i = 0; i < first_ms_.size();) {
        const auto from_ms = first_ms_[i];
        auto last_ms = last_ms_[i];
        for (++i; i < first_ms_.size() && !is_gap(last_ms, first_ms_[i]); ++i) {
            last_ms = last_ms_[i];
        }
        if (until_ms > 0 || is_gap(0, from_ms)) {
            add_gap(until_ms, from_ms, why);
        }
        until_ms = std::max(last_ms, std::min(last_ms + step_ms, summary.end_ms));
        looked_at.push_back(Stretch(from_ms, until_ms));
    }
    if (is_gap(until_ms, summary.end_ms)) {
        add_gap(until_ms, summary.end_ms, why);
    }
    if (summary.truncated) {
        add_gap(std::max(until_ms, summary.end_ms), summary.media.duration_ms, "truncated");
    }
    return {
        {"frames", samples_},
        {"step_ms", step_ms},
        {"smallest_face_px", SmallestFace(summary, settings)},
        {"looked_at", std::move(looked_at)},
        {"not_looked_at", std::move(not_looked_at)}
    };
}

bool Coverage::IsPlausible() const {
    return samples_ >= 0 && usual_ms_ >= 0 && usual_ms_ < kLongestUsualMs &&
           first_ms_.size() == last_ms_.size() && first_ms_.size() <= kMostStretches &&
           std::ranges::all_of(first_ms_, IsPlausibleTime) && std::ranges::all_of(last_ms_, IsPlausibleTime);
}

}  // namespace notify
