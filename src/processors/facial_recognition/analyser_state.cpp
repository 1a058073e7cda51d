// How a FaceAnalyser is left, and how another one goes on.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/binary.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/face_chip.hpp"
#include "inference/yunet_decode.hpp"
#include "processors/facial_recognition/analyser.hpp"
#include "processors/facial_recognition/best_shots.hpp"
#include "processors/facial_recognition/sighting.hpp"
#include "processors/facial_recognition/track_record.hpp"
#include "processors/facial_recognition/track_split.hpp"
#include "processors/processor.hpp"

namespace notify {

// found by BinaryWriter and BinaryReader, as what is beside the types themselves

static void Members(auto& archive, Either<FaceBox> auto& box) {
    archive(box.x, box.y, box.width, box.height);
}

static void Members(auto& archive, Either<Pose> auto& pose) {
    archive(pose.yaw, pose.pitch);
}

static void Members(auto& archive, Either<ShotFacts> auto& facts) {
    archive(facts.ms, facts.quality, facts.pose, facts.view);
}

static void Members(auto& archive, Either<FaceChip> auto& chip) {
    archive(chip.rgb);
}

static void Members(auto& archive, Either<Shot> auto& shot) {
    archive(shot.facts, shot.box, shot.chip);
}

static void Members(auto& archive, Either<SampledBox> auto& box) {
    archive(box.ms, box.sample, box.box);
}

static void Members(auto& archive, Either<TrackSample> auto& sample) {
    archive(sample.ms, sample.number);
}

static void Members(auto& archive, Either<EmbeddedShot> auto& shot) {
    archive(shot.ms, shot.quality, shot.embedding);
}

static void Members(auto& archive, Either<FinishedShot> auto& finished) {
    archive(finished.shot, finished.box);
}

static void Members(auto& archive, Either<FinishedTrack> auto& track) {
    archive(track.start_ms, track.end_ms, track.boxes, track.shots, track.best);
    archive(track.quality, track.is_weak, track.thumbnail);
}

namespace {

constexpr std::size_t kMostBoxesOfTrack = 128;
constexpr double kMostQuality = 1e6;

bool IsPlausible(const SampledBox& box) {
    return IsPlausibleTime(box.ms) && IsPlausibleBox(box.box);
}

bool IsPlausible(const FinishedTrack& track, int most_shots) {
    return IsPlausibleTime(track.start_ms) && IsPlausibleTime(track.end_ms) &&
           track.boxes.size() <= kMostBoxesOfTrack &&
           std::ranges::all_of(track.boxes, [](const auto& box) { return IsPlausible(box); }) &&
           IsPlausible(track.best) && std::cmp_less_equal(track.shots.size(), most_shots) &&
           track.quality < kMostQuality;
}

}  // namespace

std::optional<AnalyserState> FaceAnalyser::Save() {
    const auto fresh = std::span(finished_).subspan(saved_);
    saved_ = finished_.size();
    AnalyserState state;
    BinaryWriter writer;
    if (!fresh.empty()) {
        writer(std::vector<FinishedTrack>(fresh.begin(), fresh.end()));
        state.ended = writer.Take();
    }
    writer(*this);
    state.open = writer.Take();
    return state;
}

Result<void> FaceAnalyser::Restore(std::span<const std::string> ended, std::string_view open) {
    BinaryReader reader(open);
    reader(*this);
    bool sound = reader.IsWhole() && IsPlausible();
    for (const auto& part : ended) {
        std::vector<FinishedTrack> tracks;
        BinaryReader of_part(part);
        of_part(tracks);
        sound = sound && of_part.IsWhole() && finished_.size() + tracks.size() <= most_tracks_ &&
                std::ranges::all_of(tracks, [&](const FinishedTrack& track) {
                    return notify::IsPlausible(track, settings_.shots);
                });
        if (sound) {
            std::ranges::move(tracks, std::back_inserter(finished_));
        }
    }
    saved_ = finished_.size();
    return sound ? Result<void>{}
                 : Fail(ErrorCode::kInvalidArgument, "these bytes are no state of facial recognition");
}

/// What Restore has read: a state that the rest may be computed from without surprises.
bool FaceAnalyser::IsPlausible() const {
    std::vector<int> numbers;
    numbers.reserve(live_.size());
    for (const auto& [number, record] : live_) {
        numbers.push_back(number);
    }
    return tracker_.IsPlausible() && tracker_.Numbers() == numbers && cuts_.size() <= kMostCuts &&
           std::ranges::all_of(cuts_, IsPlausibleTime) && IsPlausibleTime(previous_ms_) &&
           coverage_.IsPlausible() && thumbnails_ >= 0 && thumbnails_ < kMostPlausibleCount &&
           std::ranges::all_of(
               live_, [&](const auto& live) { return live.second.IsPlausible(settings_.shots); }
           );
}

}  // namespace notify
