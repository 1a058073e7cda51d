#include "processors/facial_recognition/tracker.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <tuple>
#include <vector>

#include "inference/yunet_decode.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

namespace {

/// A fast face may leave its box between two samples; then it must look the same, be near and of its size.
constexpr float kSameLook = 0.85F;
constexpr float kNearInWidths = 1.5F;
constexpr float kMostGrowth = 1.4F;

/// A jump that overlap did not explain ranks behind every overlap that did.
constexpr float kJumpFit = 0.01F;

float CentreX(const FaceBox& box) {
    return box.x + (box.width / 2);
}

float CentreY(const FaceBox& box) {
    return box.y + (box.height / 2);
}

bool IsNearAndOfSize(const FaceBox& a, const FaceBox& b) {
    const float width = std::max(a.width, b.width);
    return std::hypot(CentreX(a) - CentreX(b), CentreY(a) - CentreY(b)) <= kNearInWidths * width &&
           width <= kMostGrowth * std::min(a.width, b.width);
}

}  // namespace

bool IsStill(const FaceBox& box, const FaceLook& look, const Sighting& sighting) {
    return OverlapOf(box, sighting.box) >= kLeastOverlap ||
           (LookAlike(look, sighting.look) >= kSameLook && IsNearAndOfSize(box, sighting.box));
}

float Tracker::FitOf(const Live& live, const Sighting& sighting, std::int64_t now_ms) const {
    const auto elapsed = static_cast<float>(now_ms - live.seen_ms);
    FaceBox predicted = live.box;
    predicted.x += live.velocity_x * elapsed;
    predicted.y += live.velocity_y * elapsed;
    // A face that stopped is where it was, not where it was going.
    const float overlap = std::max(OverlapOf(predicted, sighting.box), OverlapOf(live.box, sighting.box));
    const float alike = LookAlike(live.look, sighting.look);
    const bool was_lost = live.seen_sample + 1 < sample_;
    if (was_lost && alike < limits_.least_likeness) {
        return 0;
    }
    if (overlap >= limits_.least_overlap) {
        return overlap;
    }
    return !was_lost && alike >= kSameLook && IsNearAndOfSize(predicted, sighting.box) ? kJumpFit * alike : 0;
}

std::vector<Tracker::Pair> Tracker::Candidates(
    std::span<const Sighting> sightings, std::int64_t now_ms
) const {
    std::vector<Pair> pairs;
    for (std::size_t track = 0; track < live_.size(); ++track) {
        for (std::size_t sighting = 0; sighting < sightings.size(); ++sighting) {
            if (const float fit = FitOf(live_[track], sightings[sighting], now_ms); fit > 0) {
                pairs.push_back({.fit = fit, .track = track, .sighting = sighting});
            }
        }
    }
    std::ranges::sort(pairs, [](const Pair& a, const Pair& b) {
        return std::tie(b.fit, a.track, a.sighting) < std::tie(a.fit, b.track, b.sighting);
    });
    return pairs;
}

void Tracker::Follow(Live& live, const Sighting& sighting, std::int64_t now_ms) {
    if (const auto elapsed = static_cast<float>(now_ms - live.seen_ms); elapsed > 0) {
        live.velocity_x = (CentreX(sighting.box) - CentreX(live.box)) / elapsed;
        live.velocity_y = (CentreY(sighting.box) - CentreY(live.box)) / elapsed;
    }
    live.box = sighting.box;
    live.look = sighting.look;
    live.seen_ms = now_ms;
}

TrackStep Tracker::Advance(const SampleTime& time, std::span<const Sighting> sightings) {
    TrackStep step{.track_of = std::vector<int>(sightings.size()), .ended = {}};
    ++sample_;
    if (time.after_cut) {
        step.ended = EndAll();
    }
    std::erase_if(live_, [&](const Live& live) {
        const bool lost = static_cast<double>(time.pts_ms - live.seen_ms) > limits_.longest_gap_ms;
        if (lost) {
            step.ended.push_back(live.number);
        }
        return lost;
    });
    for (const auto& pair : Candidates(sightings, time.pts_ms)) {
        Live& live = live_[pair.track];
        if (step.track_of[pair.sighting] == 0 && live.seen_sample != sample_) {
            Follow(live, sightings[pair.sighting], time.pts_ms);
            live.seen_sample = sample_;
            step.track_of[pair.sighting] = live.number;
        }
    }
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        if (step.track_of[i] == 0) {
            step.track_of[i] = ++last_number_;
            live_.push_back(
                {.number = last_number_,
                 .box = sightings[i].box,
                 .seen_ms = time.pts_ms,
                 .seen_sample = sample_,
                 .look = sightings[i].look}
            );
        }
    }
    return step;
}

std::vector<int> Tracker::EndAll() {
    auto ended = Numbers();
    live_.clear();
    return ended;
}

std::vector<int> Tracker::Numbers() const {
    std::vector<int> numbers;
    numbers.reserve(live_.size());
    for (const auto& live : live_) {
        numbers.push_back(live.number);
    }
    return numbers;
}

bool Tracker::IsPlausible() const {
    const auto is_plausible = [&](const Live& live) {
        return live.number >= 1 && live.number <= last_number_ && IsPlausibleBox(live.box) &&
               IsPlausibleTime(live.seen_ms) && live.seen_sample >= 0 && live.seen_sample <= sample_;
    };
    return last_number_ < kMostPlausibleCount && sample_ < kMostPlausibleCount &&
           std::ranges::all_of(live_, is_plausible) &&
           std::ranges::is_sorted(live_, std::ranges::less_equal{}, &Live::number);
}

}  // namespace notify
