#pragma once

// What is sent because somebody asks for it needs an endpoint that takes it.

#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/delivery_repository.hpp"

namespace notify {

/// The endpoint. kNotFound; kConflict when it is not active.
[[nodiscard]] Result<Endpoint> ActiveEndpoint(const DeliveryRepository& deliveries, const EndpointId& id);

}  // namespace notify
