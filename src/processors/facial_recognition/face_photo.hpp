#pragma once

// All faces of one still: what enrolment decides on.

#include <memory>

#include "inference/face_models.hpp"
#include "processors/processor.hpp"

namespace notify {

/// The result "face_photo": every face of a photo with box, landmarks, eye distance, quality, embedding and
/// crop, largest first. Looks at 640 pixels first and, when there is no face, at 1280. kUnsupported with
/// reason `not_a_photo` for a video. `models` outlive it and are used by nobody else meanwhile.
class FacePhoto final : public WholeItem {
public:
    explicit FacePhoto(FaceModels& models) : models_(models) {}

    [[nodiscard]] Result<Output> Run(ByteSource& bytes, const RunContext& context) override;

private:
    FaceModels& models_;
};

/// The processor "face-photo" for one still. It has no settings.
[[nodiscard]] Result<std::unique_ptr<WholeItem>> MakeFacePhoto(
    FaceModels& models, const boost::json::object& config
);

}  // namespace notify
