#pragma once

// Where the picture of the face in an enrolled photo is read.

#include <string>

#include "domain/ids.hpp"

namespace notify {

/// The path of the photo's crop in the API. `person`: whose it is, or was before they were merged.
[[nodiscard]] std::string CropPath(const PersonId& person, const PhotoId& photo);

}  // namespace notify
