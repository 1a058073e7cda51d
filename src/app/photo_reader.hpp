#pragma once

// Looks at enrolment photos in the sandboxed child.

#include "people/photo_faces.hpp"
#include "processors/host/host.hpp"

namespace notify {

/// A reader that runs the internal processor face-photo. The host outlives it.
[[nodiscard]] PhotoReader MakePhotoReader(ProcessorHost& host);

}  // namespace notify
