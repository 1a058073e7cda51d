#pragma once

// How a service opens its engine: what may pass is waited for.

#include <memory>
#include <stop_token>

#include "app/engine.hpp"
#include "app/settings.hpp"
#include "core/result.hpp"

namespace notify {

/// Opens the engine of a service. While its database does not answer (kUnavailable) it is tried again, every
/// second to every 5 s, and the log says so once; so it is, for kNodeLease, while another node has its name
/// and is not heard of. kStopped on `stop`.
[[nodiscard]] Result<std::unique_ptr<Engine>> OpenEngine(
    const Settings& settings, const std::stop_token& stop
);

}  // namespace notify
