#pragma once

// What a gallery that leaves says of whom.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/result.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

struct GalleryWish {
    std::vector<std::string> people;  ///< By id or name; none: everybody who has a name and a photo.
    bool crops = true;                ///< With the pictures of the faces, where they are kept.
};

/// The picture of a face in an enrolment photo, as the artifact that it is.
[[nodiscard]] ArtifactRef CropRef(std::string sha256);

/// Those of the wish, each as ToJson gives it. Ends early behind kMostGalleryBytes of them: SealGallery
/// refuses that. kNotFound for nobody of a name, or nobody at all; kInvalidArgument for somebody who was
/// wished and has no photo or no name; kTooLarge for more than kMostGalleryPhotos.
[[nodiscard]] Result<std::vector<std::string>> ReadDeparture(
    const Snapshot& snapshot, const ArtifactStore& artifacts, const GalleryWish& wish
);

}  // namespace notify
