#pragma once

// Facial recognition: follows faces through an item and gives tracks with embeddings. Facts without names.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/binary.hpp"
#include "core/result.hpp"
#include "inference/face_models.hpp"
#include "processors/facial_recognition/coverage.hpp"
#include "processors/facial_recognition/edges.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/sighting.hpp"
#include "processors/facial_recognition/track_record.hpp"
#include "processors/facial_recognition/tracker.hpp"
#include "processors/processor.hpp"

namespace notify {

/// More tracks are an error: the document of these is about 20 MB with thinned boxes, and of more nobody
/// could make use.
inline constexpr std::size_t kMostTracks = 20'000;

inline constexpr std::size_t kMostCuts = 10'000;

/// The result "face_tracks": a function of the frames, the models and the settings alone. `models` outlive
/// the analyser and are used by nobody else meanwhile. kTooLarge, `too_many_faces`, for more than
/// `most_tracks`.
class FaceAnalyser final : public FrameAnalyser {
public:
    FaceAnalyser(FaceModels& models, const FaceSettings& settings, std::size_t most_tracks = kMostTracks);

    [[nodiscard]] Wants FramesWanted() const override;
    [[nodiscard]] Result<void> OnFrame(const FrameView& frame) override;
    [[nodiscard]] std::optional<AnalyserState> Save() override;
    [[nodiscard]] Result<void> Restore(std::span<const std::string> ended, std::string_view open) override;
    [[nodiscard]] Result<Output> Finish(const DecodeSummary& summary) override;

    static void Members(auto& archive, Either<FaceAnalyser> auto& analyser) {
        archive(analyser.tracker_, analyser.live_, analyser.cuts_, analyser.coverage_);
        archive(analyser.previous_ms_, analyser.thumbnails_);
    }

private:
    [[nodiscard]] Result<void> CloseUnseen(const FrameView& frame, const TrackStep& step, EdgeSearch& edges);
    [[nodiscard]] Result<void> AddSighting(
        const FrameView& frame, int number, const Sighting& sighting, EdgeSearch& edges
    );
    [[nodiscard]] Result<void> FinishTrack(int number);
    [[nodiscard]] bool IsPlausible() const;
    void SortTracks();
    [[nodiscard]] std::vector<int> Links() const;
    [[nodiscard]] std::vector<int> DropShort(std::vector<int> links, const DecodeSummary& summary);

    FaceModels& models_;
    FaceSettings settings_;
    std::size_t most_tracks_;
    Tracker tracker_;
    std::map<int, TrackRecord> live_;  ///< By the tracker's number.
    std::vector<FinishedTrack> finished_;
    std::size_t saved_ = 0;  ///< So many of these.
    std::vector<std::int64_t> cuts_;
    Coverage coverage_;
    std::int64_t previous_ms_ = 0;
    int thumbnails_ = 0;
};

/// The processor "facial-recognition" for one item. `config`: ReadFaceSettings and its errors.
[[nodiscard]] Result<std::unique_ptr<FrameAnalyser>> MakeFacialRecognition(
    FaceModels& models, const boost::json::object& config
);

}  // namespace notify
