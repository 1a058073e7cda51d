#pragma once

// Looks at enrolment photos in the sandboxed child.

#include <stop_token>
#include <string_view>

#include "people/photo_faces.hpp"
#include "processors/host/host.hpp"

namespace notify {

/// A reader that runs the internal processor face-photo until `stop`, then kStopped. The host outlives it.
[[nodiscard]] PhotoReader MakePhotoReader(ProcessorHost& host, const std::stop_token& stop);

/// What makes the embeddings of enrolment photos here: EnrolmentPhoto::model.
[[nodiscard]] std::string_view PhotoModel();

}  // namespace notify
