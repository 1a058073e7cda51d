#pragma once

// A real PostgreSQL server (tests/servers/postgres.py), shared by the tests that ctest runs, with a database
// for each that asks.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include <libpq-fe.h>

#include "servers/child_server.hpp"
#include "storage/postgres/server.hpp"

namespace notify::testing {

class Postgres final {
public:
    /// The one that ctest started, else one of this program's own.
    Postgres();

    /// The database that belongs to `name` until Release: an empty one that no other test uses, of a few that
    /// are made once (to make one takes longer than a test). Throws std::runtime_error.
    [[nodiscard]] PostgresServer DatabaseOf(const std::string& name);

    void Release(const std::string& name);

    /// Runs statements in the database, as somebody else would. Throws std::runtime_error with what was
    /// wrong.
    std::string Run(const std::string& database, const std::string& sql) const;

private:
    using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;

    /// A database of the few, held by the connection.
    struct Lease {
        std::string database;
        Connection holder;
    };

    [[nodiscard]] Connection ConnectTo(const std::string& database) const;
    [[nodiscard]] Lease TakeFree() const;

    std::optional<ChildServer> own_;
    std::string port_;
    std::map<std::string, Lease> leases_;
};

/// Of this program, started when it is first asked for.
Postgres& PostgresOfTests();

}  // namespace notify::testing
