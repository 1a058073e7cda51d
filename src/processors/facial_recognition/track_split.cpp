#include "processors/facial_recognition/track_split.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

#include "inference/face_embedder.hpp"

namespace notify {

namespace {

constexpr float kOtherPerson = 0.50F;
constexpr float kNeverSamePerson = 0.42F;

struct Spread {
    float mean = 0;
    float least = 2;
};

Spread Between(std::span<const EmbeddedShot> a, std::span<const EmbeddedShot> b) {
    Spread spread;
    for (const auto& x : a) {
        for (const auto& y : b) {
            const float distance = DistanceOf(x.embedding, y.embedding);
            spread.mean += distance / static_cast<float>(a.size() * b.size());
            spread.least = std::min(spread.least, distance);
        }
    }
    return spread;
}

/// The mean distance of different shots; 0 for one shot.
float Within(std::span<const EmbeddedShot> shots) {
    float sum = 0;
    float pairs = 0;
    for (std::size_t i = 0; i < shots.size(); ++i) {
        for (std::size_t j = i + 1; j < shots.size(); ++j) {
            sum += DistanceOf(shots[i].embedding, shots[j].embedding);
            ++pairs;
        }
    }
    return pairs > 0 ? sum / pairs : 0;
}

}  // namespace

std::optional<TrackSplit> FindSplit(std::span<const EmbeddedShot> shots) {
    std::optional<TrackSplit> best;
    float widest = kOtherPerson;
    for (std::size_t at = 1; at < shots.size(); ++at) {
        const auto before = shots.first(at);
        const auto after = shots.subspan(at);
        const Spread between = Between(before, after);
        if (between.mean >= widest && between.least >= kNeverSamePerson && between.mean > Within(before) &&
            between.mean > Within(after)) {
            widest = between.mean;
            best = {.first_after = at, .before_ms = before.back().ms, .after_ms = after.front().ms};
        }
    }
    return best;
}

}  // namespace notify
