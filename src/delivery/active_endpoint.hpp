#pragma once

// What is sent because somebody asks for it needs an endpoint that takes it.

#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The endpoint. kNotFound; kConflict when it is not active.
[[nodiscard]] Result<Endpoint> ActiveEndpoint(const Transaction& transaction, const EndpointId& id);

}  // namespace notify
