#include "processors/facial_recognition/best_shots.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "inference/face_chip.hpp"
#include "processors/facial_recognition/shot_quality.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

namespace {

constexpr std::int64_t kApartMs = 400;
constexpr float kOtherPose = 0.25F;

/// A chip is cut again only when it is worth it.
constexpr float kClearlyBetter = 1.15F;

/// A view that has fewer places than another takes one also with a worse shot, but not with any.
constexpr float kFairEnough = 0.4F;

bool CompeteForOnePlace(const ShotFacts& a, const ShotFacts& b) {
    return a.view == b.view && std::abs(a.ms - b.ms) < kApartMs &&
           PoseDifference(a.pose, b.pose) < kOtherPose;
}

}  // namespace

int BestShots::CountOf(int view) const {
    return static_cast<int>(std::ranges::count_if(shots_, [&](const Shot& shot) {
        return shot.facts.view == view;
    }));
}

int BestShots::WorstOfFullestView(int fullest) const {
    int worst = kRefuse;
    for (int i = 0; std::cmp_less(i, shots_.size()); ++i) {
        const auto& facts = shots_[static_cast<std::size_t>(i)].facts;
        if (CountOf(facts.view) == fullest &&
            (worst < 0 || facts.quality < shots_[static_cast<std::size_t>(worst)].facts.quality)) {
            worst = i;
        }
    }
    return worst;
}

int BestShots::PlaceFor(const ShotFacts& facts) const {
    for (std::size_t i = 0; i < shots_.size(); ++i) {
        if (CompeteForOnePlace(shots_[i].facts, facts)) {
            return facts.quality > kClearlyBetter * shots_[i].facts.quality ? static_cast<int>(i) : kRefuse;
        }
    }
    if (std::cmp_less(shots_.size(), most_)) {
        return kAppend;
    }
    int fullest = 0;
    for (const auto& shot : shots_) {
        fullest = std::max(fullest, CountOf(shot.facts.view));
    }
    const int place = WorstOfFullestView(fullest);
    if (place < 0) {
        return kRefuse;
    }
    const float beaten = shots_[static_cast<std::size_t>(place)].facts.quality;
    const bool underrepresented = CountOf(facts.view) + 1 < fullest;
    return facts.quality > (underrepresented ? kFairEnough : kClearlyBetter) * beaten ? place : kRefuse;
}

bool BestShots::WouldKeep(const ShotFacts& facts) const {
    return PlaceFor(facts) != kRefuse;
}

void BestShots::Keep(Shot shot) {
    const int place = PlaceFor(shot.facts);
    if (place == kAppend) {
        shots_.push_back(std::move(shot));
    } else if (place != kRefuse) {
        shots_[static_cast<std::size_t>(place)] = std::move(shot);
    }
}

std::vector<Shot> BestShots::Take() {
    std::ranges::stable_sort(shots_, [](const Shot& a, const Shot& b) {
        return a.facts.quality != b.facts.quality ? a.facts.quality > b.facts.quality
                                                  : a.facts.ms < b.facts.ms;
    });
    return std::exchange(shots_, {});
}

bool BestShots::IsPlausible(int most) const {
    constexpr std::size_t kChipBytes = std::size_t{kFaceChipSide} * kFaceChipSide * 3;
    return most_ == most && std::cmp_less_equal(shots_.size(), most) &&
           std::ranges::all_of(shots_, [](const Shot& shot) {
               return shot.chip.rgb.size() == kChipBytes && IsPlausibleTime(shot.facts.ms) &&
                      IsPlausibleBox(shot.box);
           });
}

}  // namespace notify
