#pragma once

// What is remembered of one track while it goes on, and what is left of it when it has ended.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/binary.hpp"
#include "core/result.hpp"
#include "processors/facial_recognition/best_shots.hpp"
#include "processors/facial_recognition/sighting.hpp"
#include "processors/facial_recognition/track_split.hpp"

namespace notify {

struct SampledBox {
    std::int64_t ms = 0;
    std::int64_t sample = 0;  ///< Number of the frame it was seen in.
    FaceBox box;
};

/// A picture of the face that was turned into an embedding.
struct FinishedShot {
    EmbeddedShot shot;
    FaceBox box;
};

/// A fact: one face from `start_ms` to `end_ms`.
struct FinishedTrack {
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    std::vector<SampledBox> boxes;    ///< In time, at most 128, evenly thinned.
    std::vector<FinishedShot> shots;  ///< Best first.
    SampledBox best;                  ///< The best shot's, or the surest sighting when there is no shot.
    double quality = 0;               ///< Of the best shot.
    bool is_weak = false;             ///< Seen so shortly and unsurely that it is hardly a face.
    std::string thumbnail;            ///< JPEG of the best shot; may be empty.
};

/// When a face was seen and how: one sample of a track.
struct TrackSample {
    std::int64_t ms = 0;
    std::int64_t number = 0;
};

/// Turns shots into embeddings, in their order.
using EmbedShots = std::function<Result<std::vector<FaceEmbedding>>(const std::vector<Shot>&)>;

/// Turns the best shot into a picture; "" when none is wanted.
using DrawShot = std::function<Result<std::string>(const Shot&)>;

/// One track while it goes on. Its memory does not grow with its length. Not thread-safe.
class TrackRecord final {
public:
    TrackRecord(std::int64_t start_ms, int most_shots) : start_ms_(start_ms), shots_(most_shots) {}

    /// To be read into.
    TrackRecord() : shots_(0) {}

    /// Adds a sighting. Returns what a shot of it would be judged by: hand it to WouldKeep and Keep.
    [[nodiscard]] ShotFacts Add(const TrackSample& sample, const Sighting& sighting);

    [[nodiscard]] bool WouldKeep(const ShotFacts& facts) const { return shots_.WouldKeep(facts); }

    void Keep(Shot shot) { shots_.Keep(std::move(shot)); }

    [[nodiscard]] std::int64_t LastSample() const noexcept { return last_.number; }

    [[nodiscard]] std::int64_t LastMs() const noexcept { return last_.ms; }

    [[nodiscard]] const FaceBox& LastBox() const noexcept { return last_box_.box; }

    [[nodiscard]] const FaceLook& LastLook() const noexcept { return look_; }

    /// Sets where the track ends; the first call counts.
    void EndAt(std::int64_t end_ms) noexcept { end_ms_ = end_ms_ < 0 ? end_ms : end_ms_; }

    /// The face was seen again: its end is open.
    void Reopen() noexcept { end_ms_ = -1; }

    /// The track, or the two it splits into where the person changes. Errors of `embed` and `draw`.
    [[nodiscard]] Result<std::vector<FinishedTrack>> Finish(const EmbedShots& embed, const DrawShot& draw);

    static void Members(auto& archive, Either<TrackRecord> auto& track) {
        archive(track.start_ms_, track.end_ms_, track.last_, track.look_, track.view_, track.changes_);
        archive(track.boxes_, track.thinning_, track.last_box_, track.surest_, track.best_score_);
        archive(track.score_sum_, track.sightings_, track.shots_);
    }

    /// What sightings can have made of it, with at most `most_shots`.
    [[nodiscard]] bool IsPlausible(int most_shots) const;

private:
    struct ViewChange {
        std::int64_t before_ms = 0;
        std::int64_t after_ms = 0;
        float alike = 0;

        static void Members(auto& archive, Either<ViewChange> auto& change) {
            archive(change.before_ms, change.after_ms, change.alike);
        }
    };

    void AddBox(const SampledBox& box);
    [[nodiscard]] std::int64_t ChangeBetween(const TrackSplit& split) const;
    [[nodiscard]] FinishedTrack Part(std::int64_t from_ms, std::int64_t to_ms) const;

    std::int64_t start_ms_ = 0;
    std::int64_t end_ms_ = -1;
    TrackSample last_;
    FaceLook look_{};
    int view_ = 0;
    std::vector<ViewChange> changes_;
    std::vector<SampledBox> boxes_;
    int thinning_ = 1;  ///< Every how many sightings a box is kept.
    SampledBox last_box_;
    SampledBox surest_;
    float best_score_ = 0;
    double score_sum_ = 0;
    int sightings_ = 0;
    BestShots shots_;
};

}  // namespace notify
