#include "processors/facial_recognition/face_photo.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/face_chip.hpp"
#include "inference/face_detector.hpp"
#include "inference/face_embedder.hpp"
#include "inference/image_view.hpp"
#include "inference/yunet_decode.hpp"
#include "media/decode.hpp"
#include "media/jpeg.hpp"
#include "media/picture.hpp"
#include "media/probe.hpp"
#include "processors/facial_recognition/chip.hpp"
#include "processors/facial_recognition/detection.hpp"
#include "processors/facial_recognition/face_document.hpp"
#include "processors/facial_recognition/settings.hpp"
#include "processors/facial_recognition/shot_quality.hpp"
#include "processors/facial_recognition/sighting.hpp"
#include "processors/processor.hpp"

namespace notify {

namespace {

constexpr std::array kLongSides{640, 1280};
constexpr int kMinFacePx = 16;
constexpr std::size_t kMostFaces = 64;
constexpr double kCropMargin = 0.35;  ///< Around the box, of its size: hair and chin.
constexpr int kCropQuality = 85;

struct Found {
    Sighting sighting;
    FaceChip chip;
    std::string crop;
};

Rectangle CropOf(const FaceBox& box) {
    const double x = double{box.x} - (kCropMargin * double{box.width});
    const double y = double{box.y} - (kCropMargin * double{box.height});
    return {
        .x = static_cast<int>(x),
        .y = static_cast<int>(y),
        .width = static_cast<int>((1 + (2 * kCropMargin)) * double{box.width}),
        .height = static_cast<int>((1 + (2 * kCropMargin)) * double{box.height})
    };
}

/// The faces of the frame, largest first.
Result<std::vector<Found>> FacesOf(FaceDetector& detector, const FrameView& frame, int long_side) {
    const FaceSettings settings{.long_side = long_side, .min_face_px = kMinFacePx};
    auto sightings = DetectFaces(detector, frame.picture, frame.scale, settings);
    if (!sightings) {
        return Unexpected(sightings.error());
    }
    std::ranges::stable_sort(*sightings, std::ranges::greater(), [](const Sighting& sighting) {
        return sighting.box.width * sighting.box.height;
    });
    sightings->resize(std::min(sightings->size(), kMostFaces));
    std::vector<Found> faces;
    for (const auto& sighting : *sightings) {
        auto chip = CutChip(frame, sighting.landmarks);
        const auto region = frame.FullRegion(CropOf(sighting.box));
        if (!chip || !region) {
            continue;  // so far outside the picture that nothing of it can be seen
        }
        auto crop = EncodeJpeg(region->View(), kCropQuality);
        if (!crop) {
            return Unexpected(crop.error());
        }
        faces.push_back({.sighting = sighting, .chip = std::move(*chip), .crop = std::move(*crop)});
    }
    return faces;
}

boost::json::object FaceJson(const Sighting& sighting, std::size_t number) {
    boost::json::array landmarks;
    for (const Point& p : sighting.landmarks) {
        landmarks.push_back(boost::json::array{Rounded(double{p.x}), Rounded(double{p.y})});
    }
    return {
        {"box", BoxJson(sighting.box)},
        {"landmarks", std::move(landmarks)},
        {"inter_eye_px", Rounded(double{EyeDistance(sighting.landmarks)})},
        {"score", Rounded(double{sighting.score})},
        {"quality", Rounded(double{QualityOf(sighting)})},
        {"sharpness", Rounded(double{sighting.sharpness})},
        {"embedding_offset", number - 1},
        {"crop", fmt::format("face-{}.jpg", number)}
    };
}

Result<Output> FacePhotoOutput(
    FaceEmbedder& embedder, const std::vector<Found>& faces, const DecodeSummary& summary
) {
    std::vector<FaceChip> chips;
    std::ranges::transform(faces, std::back_inserter(chips), &Found::chip);
    const auto embeddings =
        chips.empty() ? Result<std::vector<FaceEmbedding>>{} : embedder.NormalisedFlipAverage(chips);
    if (!embeddings) {
        return Unexpected(embeddings.error());
    }
    Output output;
    boost::json::array rows;
    for (std::size_t i = 0; i < faces.size(); ++i) {
        rows.push_back(FaceJson(faces[i].sighting, i + 1));
        output.artifacts.push_back(
            {.name = fmt::format("face-{}.jpg", i + 1),
             .media_type = "image/jpeg",
             .bytes = faces[i].crop,
             .sealed = true}
        );
    }
    output.artifacts.push_back(
        {.name = std::string(kEmbeddingsArtifact),
         .media_type = "application/octet-stream",
         .bytes = EmbeddingBytes(*embeddings),
         .sealed = true}
    );
    output.document = {
        {"schema", "face_photo/1"},
        {"width", summary.media.video ? summary.media.video->width : 0},
        {"height", summary.media.video ? summary.media.video->height : 0},
        {"faces", std::move(rows)}
    };
    return output;
}

Error NotAPhoto() {
    return {
        .code = ErrorCode::kUnsupported,
        .stage = "probe",
        .reason = "not_a_photo",
        .message = "the file is a video or moves, and is no photo"
    };
}

}  // namespace

Result<Output> FacePhoto::Run(ByteSource& bytes, const RunContext& context) {
    const auto media = Probe(bytes, {}, context.stop);
    if (!media) {
        return Unexpected(media.error());
    }
    if (media->video && !media->still_image) {
        return Unexpected(NotAPhoto());
    }
    std::vector<Found> faces;
    std::vector<Subscription> subscriptions;
    subscriptions.reserve(kLongSides.size());
    for (const int long_side : kLongSides) {
        subscriptions.push_back(
            {.wants = {.long_side = long_side},
             .on_frame = [&faces, this, long_side](const FrameView& frame) -> Result<void> {
                 if (!faces.empty() || frame.number > 0) {
                     return {};
                 }
                 return FacesOf(models_.detector, frame, long_side).map([&](std::vector<Found> found) {
                     faces = std::move(found);
                 });
             }}
        );
    }
    const auto decoded = Decode(bytes, subscriptions, {}, context.stop);
    if (!decoded) {
        return Unexpected(decoded.error());
    }
    for (const auto& each : decoded->subscriptions) {
        if (!each) {
            return Unexpected(each.error());
        }
    }
    return FacePhotoOutput(models_.embedder, faces, decoded->summary);
}

Result<std::unique_ptr<WholeItem>> MakeFacePhoto(
    FaceModels& models, const boost::json::object& /*config*/
) {
    return std::make_unique<FacePhoto>(models);
}

}  // namespace notify
