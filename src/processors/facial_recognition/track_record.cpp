#include "processors/facial_recognition/track_record.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "inference/face_embedder.hpp"
#include "processors/facial_recognition/best_shots.hpp"
#include "processors/facial_recognition/shot_quality.hpp"
#include "processors/facial_recognition/sighting.hpp"
#include "processors/facial_recognition/track_split.hpp"

namespace notify {

namespace {

constexpr float kSameView = 0.7F;
constexpr std::size_t kMostBoxes = 128;
constexpr std::size_t kMostChanges = 32;

/// Below these a track of one or two samples is taken for a mistake of the detector.
constexpr float kSureOnce = 0.8F;
constexpr double kSureTwice = 0.7;

/// Drops every other one, so that what is left covers the whole time.
void Thin(std::vector<SampledBox>& boxes) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < boxes.size(); i += 2) {
        boxes[kept++] = boxes[i];
    }
    boxes.resize(kept);
}

/// Shots, their embeddings and the split in the order of time.
struct InTime {
    std::vector<std::size_t> order;
    std::vector<EmbeddedShot> shots;
};

InTime Ordered(const std::vector<Shot>& shots, const std::vector<FaceEmbedding>& embeddings) {
    InTime in_time{.order = std::vector<std::size_t>(shots.size()), .shots = {}};
    std::iota(in_time.order.begin(), in_time.order.end(), std::size_t{0});
    std::ranges::sort(in_time.order, {}, [&](std::size_t i) { return shots[i].facts.ms; });
    for (const std::size_t i : in_time.order) {
        in_time.shots.push_back(
            {.ms = shots[i].facts.ms, .quality = shots[i].facts.quality, .embedding = embeddings[i]}
        );
    }
    return in_time;
}

}  // namespace

ShotFacts TrackRecord::Add(const TrackSample& sample, const Sighting& sighting) {
    if (sightings_ > 0) {
        const float alike = LookAlike(look_, sighting.look);
        if (alike < kSameView) {
            ++view_;
            changes_.push_back({.before_ms = last_.ms, .after_ms = sample.ms, .alike = alike});
            if (changes_.size() > kMostChanges) {
                changes_.erase(std::ranges::max_element(changes_, {}, &ViewChange::alike));
            }
        }
    }
    look_ = sighting.look;
    last_ = sample;
    last_box_ = {.ms = sample.ms, .sample = sample.number, .box = sighting.box};
    if (sighting.score > best_score_) {
        best_score_ = sighting.score;
        surest_ = last_box_;
    }
    if (sightings_ % thinning_ == 0) {
        AddBox(last_box_);
    }
    ++sightings_;
    score_sum_ += double{sighting.score};
    return {
        .ms = sample.ms, .quality = QualityOf(sighting), .pose = PoseOf(sighting.landmarks), .view = view_
    };
}

void TrackRecord::AddBox(const SampledBox& box) {
    boxes_.push_back(box);
    if (boxes_.size() >= kMostBoxes) {
        Thin(boxes_);
        thinning_ *= 2;
    }
}

std::int64_t TrackRecord::ChangeBetween(const TrackSplit& split) const {
    const ViewChange* sharpest = nullptr;
    for (const auto& change : changes_) {
        const bool inside = change.before_ms >= split.before_ms && change.after_ms <= split.after_ms;
        if (inside && (sharpest == nullptr || change.alike < sharpest->alike)) {
            sharpest = &change;
        }
    }
    return sharpest != nullptr ? std::midpoint(sharpest->before_ms, sharpest->after_ms)
                               : std::midpoint(split.before_ms, split.after_ms);
}

FinishedTrack TrackRecord::Part(std::int64_t from_ms, std::int64_t to_ms) const {
    FinishedTrack part{.start_ms = from_ms, .end_ms = std::max(from_ms, to_ms)};
    const auto inside = [&](const SampledBox& box) { return box.ms >= from_ms && box.ms <= to_ms; };
    std::ranges::copy_if(boxes_, std::back_inserter(part.boxes), inside);
    if (inside(last_box_) && (part.boxes.empty() || part.boxes.back().ms != last_box_.ms)) {
        part.boxes.push_back(last_box_);
    }
    part.best = inside(surest_) || part.boxes.empty() ? surest_ : part.boxes.front();
    part.is_weak =
        (sightings_ == 1 && best_score_ < kSureOnce) || (sightings_ == 2 && score_sum_ / 2 < kSureTwice);
    return part;
}

bool TrackRecord::IsPlausible(int most_shots) const {
    const auto is_plausible = [](const SampledBox& box) {
        return IsPlausibleTime(box.ms) && IsPlausibleBox(box.box);
    };
    const auto is_count = [](int count) { return count >= 1 && count < kMostPlausibleCount; };
    return IsPlausibleTime(start_ms_) && IsPlausibleTime(end_ms_) && IsPlausibleTime(last_.ms) &&
           is_count(sightings_) && is_count(thinning_) && is_count(view_ + 1) &&
           changes_.size() <= kMostChanges && boxes_.size() < kMostBoxes &&
           std::ranges::all_of(
               changes_,
               [](const ViewChange& change) {
                   return IsPlausibleTime(change.before_ms) && IsPlausibleTime(change.after_ms);
               }
           ) &&
           std::ranges::all_of(boxes_, is_plausible) && is_plausible(last_box_) && is_plausible(surest_) &&
           shots_.IsPlausible(most_shots);
}

Result<std::vector<FinishedTrack>> TrackRecord::Finish(const EmbedShots& embed, const DrawShot& draw) {
    const auto shots = shots_.Take();
    const auto embeddings = shots.empty() ? Result<std::vector<FaceEmbedding>>{} : embed(shots);
    if (!embeddings) {
        return Unexpected(embeddings.error());
    }
    const auto in_time = Ordered(shots, *embeddings);
    const auto split = FindSplit(in_time.shots);
    std::vector<FinishedTrack> parts;
    if (split) {
        const auto change_ms = ChangeBetween(*split);
        parts.push_back(Part(start_ms_, change_ms));
        parts.push_back(Part(change_ms + 1, end_ms_));
    } else {
        parts.push_back(Part(start_ms_, end_ms_));
    }
    for (std::size_t i = 0; i < shots.size(); ++i) {  // best first, so each part's are too
        const auto& facts = shots[i].facts;
        auto& part = split && facts.ms >= split->after_ms ? parts.back() : parts.front();
        if (part.shots.empty()) {
            auto drawn = draw(shots[i]);
            if (!drawn) {
                return Unexpected(drawn.error());
            }
            part.thumbnail = std::move(*drawn);
            part.quality = double{facts.quality};
            part.best.ms = facts.ms;
            part.best.box = shots[i].box;
        }
        part.shots.push_back(
            {.shot = {.ms = facts.ms, .quality = facts.quality, .embedding = (*embeddings)[i]},
             .box = shots[i].box}
        );
    }
    return parts;
}

}  // namespace notify
