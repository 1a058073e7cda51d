#pragma once

// Storage on PostgreSQL: several nodes share the database, one thread of each writes, readers beside it.

#include <memory>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/postgres/node.hpp"
#include "storage/postgres/server.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Opens the database, makes the schema `notifications` in it and runs the migrations it lacks; no other
/// schema is touched. A node that has roles joins those that share it (NodeRepository::Join) and leaves when
/// the storage is destroyed. The secret box and the clock outlive it. kConflict: a service of the same name
/// on another host has it, a newer version, another key than it was first opened with. kForbidden (read-only
/// replica, no right), kUnauthenticated, kNotFound (no such database), kUnsupported (older server),
/// kInvalidArgument (not PostgreSQL), kUnavailable.
[[nodiscard]] Result<std::unique_ptr<Storage>> OpenPostgresStorage(
    const PostgresServer& server, const PostgresNode& node, const SecretBox& box, const Clock& clock
);

}  // namespace notify
