#pragma once

// What is wrong with an S3 store, told by its answers: in the words of objects/faults.hpp.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/objects/faults.hpp"

namespace notify::s3 {

/// The failure of an answer of status 300 or above. Its stage is "store".
[[nodiscard]] Error FaultOf(const HttpResponse& response, const objects::Asked& asked, Timestamp now);

}  // namespace notify::s3
