#include "processors/facial_recognition/analyser.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/face_chip.hpp"
#include "inference/face_embedder.hpp"
#include "inference/face_models.hpp"
#include "media/decode.hpp"
#include "media/jpeg.hpp"
#include "media/picture.hpp"
#include "processors/facial_recognition/best_shots.hpp"
#include "processors/facial_recognition/chip.hpp"
#include "processors/facial_recognition/detection.hpp"
#include "processors/facial_recognition/edges.hpp"
#include "processors/facial_recognition/face_document.hpp"
#include "processors/facial_recognition/linking.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/shot_quality.hpp"
#include "processors/facial_recognition/sighting.hpp"
#include "processors/facial_recognition/track_record.hpp"
#include "processors/facial_recognition/tracker.hpp"
#include "processors/processor.hpp"

namespace notify {

namespace {

/// More tracks than this only happen in crowds; the rest go without a picture, so that a result stays small.
constexpr int kMostThumbnails = 4000;
constexpr std::size_t kMostWeakTracks = 1000;  // of a picture; those of a video are left out in the end
constexpr int kThumbnailQuality = 82;
constexpr int kFramesBetween = 3;  // two of which at most are looked at for one face that comes or goes

TrackerLimits LimitsFor(const FaceSettings& settings) {
    TrackerLimits limits;
    // With few samples a second the next one is further away than any gap.
    limits.longest_gap_ms = std::max(limits.longest_gap_ms, 1.5 * settings.StepMs());
    return limits;
}

Unexpected TooManyTracks(std::size_t most) {
    return Unexpected(
        Error{
            .code = ErrorCode::kTooLarge,
            .stage = "analyse",
            .reason = "too_many_faces",
            .retry_after = {},
            .message = fmt::format(
                "more than {} faces come and go in it; look at fewer samples (fps) or at parts of it", most
            ),
        }
    );
}

PictureView PictureOf(const FaceChip& chip) {
    return {
        .pixels = chip.rgb.data(),
        .width = kFaceChipSide,
        .height = kFaceChipSide,
        .stride_bytes = std::ptrdiff_t{kFaceChipSide} * 3,
        .order = PixelOrder::kRgb
    };
}

Result<void> AddTo(TrackRecord& record, const FrameView& frame, const Sighting& sighting) {
    const auto facts = record.Add({.ms = frame.pts_ms, .number = frame.number}, sighting);
    record.Reopen();
    if (!IsRecognisable(sighting) || !record.WouldKeep(facts)) {
        return {};
    }
    auto chip = CutChip(frame, sighting.landmarks);
    if (chip) {
        record.Keep({.facts = facts, .box = sighting.box, .chip = std::move(*chip)});
    } else if (chip.error().code != ErrorCode::kInvalidArgument) {
        return Unexpected(chip.error());
    }
    return {};
}

}  // namespace

FaceAnalyser::FaceAnalyser(FaceModels& models, const FaceSettings& settings, std::size_t most_tracks)
    : models_(models),
      settings_(settings),
      most_tracks_(most_tracks),
      tracker_(LimitsFor(settings)),
      coverage_(settings.StepMs()) {}

Wants FaceAnalyser::FramesWanted() const {
    return {
        .fps = settings_.fps,
        .every_frame = false,
        .scene_cuts = true,
        .long_side = settings_.long_side,
        .between = kFramesBetween
    };
}

/// Faces of the sample before that are gone now.
Result<void> FaceAnalyser::CloseUnseen(const FrameView& frame, const TrackStep& step, EdgeSearch& edges) {
    for (auto& [number, record] : live_) {
        if (record.LastSample() + 1 != frame.number ||
            std::ranges::find(step.track_of, number) != step.track_of.end()) {
            continue;
        }
        const auto end = edges.EndOf(record.LastBox(), record.LastLook());
        if (!end) {
            return Unexpected(end.error());
        }
        record.EndAt(*end);
    }
    return {};
}

Result<void> FaceAnalyser::AddSighting(
    const FrameView& frame, int number, const Sighting& sighting, EdgeSearch& edges
) {
    auto at = live_.find(number);
    if (at == live_.end()) {
        const auto start = edges.StartOf(sighting);
        if (!start) {
            return Unexpected(start.error());
        }
        at = live_.try_emplace(number, *start, settings_.shots).first;
    }
    return AddTo(at->second, frame, sighting);
}

Result<void> FaceAnalyser::OnFrame(const FrameView& frame) {
    const auto sightings = DetectFaces(models_.detector, frame.picture, frame.scale, settings_);
    if (!sightings) {
        return Unexpected(sightings.error());
    }
    if (frame.after_cut && frame.number > 0 && cuts_.size() < kMostCuts) {
        cuts_.push_back(frame.pts_ms);
    }
    coverage_.Add(frame.pts_ms);
    const auto step = tracker_.Advance({.pts_ms = frame.pts_ms, .after_cut = frame.after_cut}, *sightings);
    EdgeSearch edges(models_.detector, frame, previous_ms_, settings_);
    if (auto closed = CloseUnseen(frame, step, edges); !closed) {
        return closed;
    }
    for (const int number : step.ended) {
        if (auto finished = FinishTrack(number); !finished) {
            return finished;
        }
    }
    for (std::size_t i = 0; i < sightings->size(); ++i) {
        if (auto added = AddSighting(frame, step.track_of[i], (*sightings)[i], edges); !added) {
            return added;
        }
    }
    previous_ms_ = frame.pts_ms;
    return {};
}

Result<void> FaceAnalyser::FinishTrack(int number) {
    const auto at = live_.find(number);
    const EmbedShots embed = [&](const std::vector<Shot>& shots) {
        std::vector<FaceChip> chips;
        std::ranges::transform(shots, std::back_inserter(chips), &Shot::chip);
        return models_.embedder.NormalisedFlipAverage(chips);
    };
    const DrawShot draw = [&](const Shot& shot) -> Result<std::string> {
        return settings_.thumbnails && thumbnails_++ < kMostThumbnails
                   ? EncodeJpeg(PictureOf(shot.chip), kThumbnailQuality)
                   : Result<std::string>();
    };
    auto parts = at->second.Finish(embed, draw);
    if (!parts) {
        return Unexpected(parts.error());
    }
    for (auto& part : *parts) {
        if (!part.is_weak || finished_.size() < kMostWeakTracks) {
            finished_.push_back(std::move(part));
        }
    }
    live_.erase(at);
    return finished_.size() <= most_tracks_ ? Result<void>{} : TooManyTracks(most_tracks_);
}

void FaceAnalyser::SortTracks() {
    std::ranges::stable_sort(finished_, [](const FinishedTrack& a, const FinishedTrack& b) {
        return std::pair(a.start_ms, a.best.box.x) < std::pair(b.start_ms, b.best.box.x);
    });
}

std::vector<int> FaceAnalyser::Links() const {
    std::vector<std::vector<FaceEmbedding>> shots(finished_.size());
    std::vector<LinkTrack> tracks;
    for (std::size_t i = 0; i < finished_.size(); ++i) {
        const auto& track = finished_[i];
        for (const auto& finished : track.shots) {
            shots[i].push_back(finished.shot.embedding);
        }
        tracks.push_back(
            {.first_sample = track.boxes.empty() ? track.best.sample : track.boxes.front().sample,
             .last_sample = track.boxes.empty() ? track.best.sample : track.boxes.back().sample,
             .quality = track.quality,
             .shots = shots[i]}
        );
    }
    return LinkTracks(tracks);
}

/// Leaves out the faces, each with all of its tracks, that are seen too shortly; their links.
std::vector<int> FaceAnalyser::DropShort(std::vector<int> links, const DecodeSummary& summary) {
    std::map<int, double> seen_ms;
    for (std::size_t i = 0; i < links.size(); ++i) {
        seen_ms[links[i]] += static_cast<double>(finished_[i].end_ms - finished_[i].start_ms);
    }
    const double least_ms = settings_.least_visible_s * 1000;
    const double share = settings_.least_visible_share;
    const auto is_shown = [&](int link) {
        return seen_ms[link] >= least_ms ||
               (share > 0 && seen_ms[link] >= share * static_cast<double>(summary.end_ms));
    };
    std::map<int, int> numbers;  // links count from 1 again
    std::vector<int> kept_links;
    std::vector<FinishedTrack> kept;
    for (std::size_t i = 0; i < links.size(); ++i) {
        if (is_shown(links[i])) {
            kept_links.push_back(
                numbers.try_emplace(links[i], static_cast<int>(numbers.size()) + 1).first->second
            );
            kept.push_back(std::move(finished_[i]));
        }
    }
    finished_ = std::move(kept);
    return kept_links;
}

Result<Output> FaceAnalyser::Finish(const DecodeSummary& summary) {
    for (auto& [number, record] : live_) {
        const auto step_later = record.LastMs() + std::lround(settings_.StepMs());
        record.EndAt(std::max(record.LastMs(), std::min(step_later, summary.end_ms)));
    }
    for (const int number : tracker_.EndAll()) {
        if (auto finished = FinishTrack(number); !finished) {
            return Unexpected(finished.error());
        }
    }
    if (!summary.media.still_image) {
        std::erase_if(finished_, [](const FinishedTrack& track) { return track.is_weak; });
    }
    SortTracks();
    auto links = Links();
    if (!summary.media.still_image && settings_.least_visible_s > 0) {
        links = DropShort(std::move(links), summary);
    }
    auto output = FaceTracksOutput(finished_, links, cuts_, summary);
    output.document["coverage"] = coverage_.Json(summary, settings_);
    return output;
}

Result<std::unique_ptr<FrameAnalyser>> MakeFacialRecognition(
    FaceModels& models, const boost::json::object& config
) {
    return ReadFaceSettings(config).map([&](const FaceSettings& settings) -> std::unique_ptr<FrameAnalyser> {
        return std::make_unique<FaceAnalyser>(models, settings);
    });
}

}  // namespace notify
