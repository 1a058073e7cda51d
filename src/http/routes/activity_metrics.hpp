#pragma once

// What /metrics tells of what this node does: claims, rescues, what it removed, room, workers, commits.

#include <string>

#include "http/api.hpp"

namespace notify {

/// In Prometheus' text exposition.
[[nodiscard]] std::string OfActivity(const Activity& activity);

}  // namespace notify
