#include "delivery/active_endpoint.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/delivery_repository.hpp"

namespace notify {

Result<Endpoint> ActiveEndpoint(const DeliveryRepository& deliveries, const EndpointId& id) {
    return deliveries.GetEndpoint(id).and_then([&](Endpoint endpoint) -> Result<Endpoint> {
        if (!endpoint.active) {
            return Fail(
                ErrorCode::kConflict, fmt::format("endpoint {} is not active; resume it first", id.Value())
            );
        }
        return endpoint;
    });
}

}  // namespace notify
