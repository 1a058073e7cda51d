#pragma once

// Follows faces from sample to sample: overlap with where a face should be by now, one number per face.

#include <cstdint>
#include <span>
#include <vector>

#include "core/binary.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify {

/// When a sample was, and whether it may be joined to the one before.
struct SampleTime {
    std::int64_t pts_ms = 0;
    bool after_cut = false;
};

inline constexpr float kLeastOverlap = 0.3F;  ///< Intersection by union of two boxes of one face.

/// A face that was seen so may be this one within the time between two samples: it overlaps, or has the same
/// look, is near and of its size.
[[nodiscard]] bool IsStill(const FaceBox& box, const FaceLook& look, const Sighting& sighting);

struct TrackerLimits {
    float least_overlap = kLeastOverlap;  ///< Of the predicted and the found box.
    double longest_gap_ms = 600;          ///< A face that is unseen for longer comes back as another track.
    float least_likeness = 0.35F;         ///< After a gap the face must also look like the one that was lost.
};

/// What a sample did to the tracks.
struct TrackStep {
    std::vector<int> track_of;  ///< For each sighting the number of its track, from 1; never the same twice.
    std::vector<int> ended;     ///< Tracks that will not be seen again, by number.
};

/// Greedy association by overlap with the position at constant velocity. Numbers depend on the sightings
/// alone. Not thread-safe.
class Tracker final {
public:
    explicit Tracker(const TrackerLimits& limits) : limits_(limits) {}

    /// Takes the sightings of the next sample. All tracks end at a cut.
    [[nodiscard]] TrackStep Advance(const SampleTime& time, std::span<const Sighting> sightings);

    /// Ends all tracks that are left, by number.
    [[nodiscard]] std::vector<int> EndAll();

    /// The numbers of those that go on, ascending.
    [[nodiscard]] std::vector<int> Numbers() const;

    static void Members(auto& archive, Either<Tracker> auto& tracker) {
        archive(tracker.live_, tracker.sample_, tracker.last_number_);
    }

    /// What following faces can have made of it.
    [[nodiscard]] bool IsPlausible() const;

private:
    struct Live {
        int number = 0;
        FaceBox box;
        std::int64_t seen_ms = 0;
        std::int64_t seen_sample = 0;
        float velocity_x = 0;  ///< Pixels a millisecond, of the centre.
        float velocity_y = 0;
        FaceLook look{};

        static void Members(auto& archive, Either<Live> auto& live) {
            archive(live.number, live.box, live.seen_ms, live.seen_sample);
            archive(live.velocity_x, live.velocity_y, live.look);
        }
    };

    struct Pair {
        float fit = 0;
        std::size_t track = 0;
        std::size_t sighting = 0;
    };

    [[nodiscard]] float FitOf(const Live& live, const Sighting& sighting, std::int64_t now_ms) const;
    [[nodiscard]] std::vector<Pair> Candidates(
        std::span<const Sighting> sightings, std::int64_t now_ms
    ) const;
    static void Follow(Live& live, const Sighting& sighting, std::int64_t now_ms);

    TrackerLimits limits_;
    std::vector<Live> live_;  ///< By number.
    std::int64_t sample_ = 0;
    int last_number_ = 0;
};

}  // namespace notify
