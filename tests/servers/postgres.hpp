#pragma once

// A real PostgreSQL server (tests/servers/postgres.py), shared by the tests that ctest runs, with a database for each
// that asks.

#include <optional>
#include <string>

#include "servers/child_server.hpp"
#include "storage/postgres/server.hpp"

namespace notify::testing {

class Postgres final {
public:
    /// The one that ctest started, else one of this program's own.
    Postgres();

    /// The database of that name, made when there is none. Throws std::runtime_error.
    [[nodiscard]] PostgresServer DatabaseOf(const std::string& name) const;

    /// Throws away the database, whoever is connected.
    void Drop(const std::string& name) const;

    /// Runs statements in the database, as somebody else would. Throws std::runtime_error with what was wrong.
    std::string Run(const std::string& database, const std::string& sql) const;

private:
    [[nodiscard]] PostgresServer ServerOf(const std::string& database) const;

    std::optional<ChildServer> own_;
    std::string port_;
};

/// Of this program, started when it is first asked for.
Postgres& PostgresOfTests();

}  // namespace notify::testing
