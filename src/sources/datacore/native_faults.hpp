#pragma once

// What is wrong with a Swarm store, told by the answers of its own HTTP API: in the words of
// objects/faults.hpp.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/objects/faults.hpp"

namespace notify::datacore {

/// The failure of an answer of status 300 or above. Its stage is "store". Of 404 it cannot tell whether the
/// object or its bucket is missing: it says the object when one was asked for.
[[nodiscard]] Error FaultOf(const HttpResponse& response, const objects::Asked& asked, Timestamp now);

}  // namespace notify::datacore
