#pragma once

// Keeps the few best and different pictures of a track, so that memory and embeddings stay bounded.

#include <cstdint>
#include <vector>

#include "core/binary.hpp"
#include "inference/face_chip.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

/// What decides whether a shot is kept.
struct ShotFacts {
    std::int64_t ms = 0;
    float quality = 0;
    Pose pose;
    int view = 0;  ///< Rises when the track suddenly looks different: another photo, another person.
};

struct Shot {
    ShotFacts facts;
    FaceBox box;
    FaceChip chip;
};

/// Shots of one track. Two of the same view are at least 0.4 s apart or in clearly different poses, and
/// views share the places fairly. Not thread-safe.
class BestShots final {
public:
    explicit BestShots(int most) : most_(most) {}

    /// Whether a shot with these facts would be kept: ask before cutting its chip.
    [[nodiscard]] bool WouldKeep(const ShotFacts& facts) const;

    /// Keeps the shot, in place of another when there is no room. Does nothing unless WouldKeep.
    void Keep(Shot shot);

    /// The shots, best first; none are left.
    [[nodiscard]] std::vector<Shot> Take();

    static void Members(auto& archive, Either<BestShots> auto& best) { archive(best.most_, best.shots_); }

    /// What keeping at most `most` shots can have made of it.
    [[nodiscard]] bool IsPlausible(int most) const;

private:
    static constexpr int kAppend = -1;
    static constexpr int kRefuse = -2;

    /// Index of the shot that would make room, or one of the above.
    [[nodiscard]] int PlaceFor(const ShotFacts& facts) const;
    [[nodiscard]] int CountOf(int view) const;
    [[nodiscard]] int WorstOfFullestView(int fullest) const;

    int most_;
    std::vector<Shot> shots_;
};

}  // namespace notify
