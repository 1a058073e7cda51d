#pragma once

// A connection with the repositories over it, and how its transactions begin.

#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/ids.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/server.hpp"
#include "storage/sql/tables.hpp"

namespace notify::postgres {

/// A transaction that writes.
struct Begun {
    std::string transaction;  ///< Its id, which is in the node's row once it is committed.
    /// Id of the node's last one that was committed, "" before the first; nothing when the node is none of
    /// those that share the database.
    std::optional<std::string> before;
};

/// Used by one thread at a time.
class Session final {
public:
    /// As Connection::Open.
    [[nodiscard]] static Result<std::unique_ptr<Session>> Open(
        const PostgresServer& server, const SecretBox& box, const Clock& clock
    );

    /// One consistent view, without writes.
    [[nodiscard]] Result<void> BeginRead();

    /// As the only writer of all, until it ends: waits for the one before, at most 30 s.
    [[nodiscard]] Result<Begun> BeginWrite(const NodeId& node);

    /// Within a write that the node joined in: as BeginWrite does for one that is a member.
    [[nodiscard]] Result<void> Mark(const NodeId& node);

    /// Within a write: the node lives, and this connection is where it writes.
    [[nodiscard]] Result<void> Beat(const NodeId& node);

    /// What the server's clock says.
    [[nodiscard]] Result<Timestamp> ServerTime();

    [[nodiscard]] Connection& GetConnection() noexcept { return *connection_; }

    [[nodiscard]] sql::Tables& GetTables() noexcept { return tables_; }

private:
    Session(std::unique_ptr<Connection> connection, const SecretBox& box, const Clock& clock)
        : connection_(std::move(connection)), tables_(*connection_, box, clock) {}

    std::unique_ptr<Connection> connection_;
    sql::Tables tables_;
    std::optional<std::string> backend_;  ///< "PID@START" at the server; "" behind a pool; not asked yet.
};

/// How a transaction that migrates begins: one node at a time.
extern const char* const kBeginMigration;

}  // namespace notify::postgres
