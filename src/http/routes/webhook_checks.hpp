#pragma once

// What may be asked of a webhook endpoint.

#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Each of the types is one that the service tells, or begins one. kInvalidArgument with the JSON pointer
/// names those that there are.
[[nodiscard]] Result<void> CheckEventTypes(const std::vector<std::string>& types);

/// Every source, bucket and person is there by that id, every processor by that name. kInvalidArgument says
/// which is not.
[[nodiscard]] Result<void> CheckOrigins(Storage& storage, const EventOrigins& only);

/// The error with a pointer to the member of the body that its message begins with.
[[nodiscard]] Error AtMember(Error error);

}  // namespace notify
