#pragma once

// Storage on PostgreSQL, for any number of nodes: one writer at a time over all of them, readers beside it.

#include <memory>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/postgres/server.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Opens the database, makes the schema `notifications` in it and runs the migrations it lacks; no other
/// schema is touched. Waits for another node that does the same. The secret box and the clock outlive it.
/// kConflict: a database of a newer version, or one that was first opened with another key than the box's.
/// kForbidden (read-only replica, no right), kUnauthenticated, kNotFound (no such database), kUnsupported
/// (older server), kInvalidArgument (not PostgreSQL), kUnavailable.
[[nodiscard]] Result<std::unique_ptr<Storage>> OpenPostgresStorage(
    const PostgresServer& server, const SecretBox& box, const Clock& clock
);

}  // namespace notify
