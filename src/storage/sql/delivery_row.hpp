#pragma once

// A row of the delivery table.

#include "domain/event.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Reads id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence,
/// lease_owner, lease_until, last_error, created_at, finished_at.
[[nodiscard]] Delivery ReadDelivery(Row& row);

}  // namespace notify::sql
