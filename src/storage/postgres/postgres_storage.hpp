#pragma once

// Storage on PostgreSQL: one service has the database, one of its threads writes, readers beside it.

#include <memory>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/postgres/server.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Opens the database, makes the schema `notifications` in it and runs the migrations it lacks; no other
/// schema is touched. `node` names this service, the same after each restart: another one may have the
/// database when this one has let it go, or was not heard of for 30 s. The secret box and the clock outlive
/// it. kConflict: another service has it, a newer version, another key than it was first opened with.
/// kForbidden (read-only replica, no right), kUnauthenticated, kNotFound (no such database), kUnsupported
/// (older server), kInvalidArgument (not PostgreSQL), kUnavailable.
[[nodiscard]] Result<std::unique_ptr<Storage>> OpenPostgresStorage(
    const PostgresServer& server, const std::string& node, const SecretBox& box, const Clock& clock
);

}  // namespace notify
