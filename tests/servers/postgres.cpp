#include "servers/postgres.hpp"

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "servers/child_server.hpp"
#include "storage/postgres/server.hpp"

namespace notify::testing {

namespace {

constexpr const char* kEveryServersDatabase = "postgres";

}  // namespace

Postgres::Postgres() {
    std::ifstream note(NOTIFY_POSTGRES_NOTE);
    if (!(note >> port_)) {
        own_.emplace(std::vector<std::string>{NOTIFY_PYTHON, NOTIFY_SERVERS "/postgres.py"});
        port_ = std::to_string(own_->Port());
    }
}

PostgresServer Postgres::ServerOf(const std::string& database) const {
    PostgresServer server;
    server.host = "127.0.0.1";
    server.port = port_;
    server.user = "tests";
    server.database = database;
    return server;
}

std::string Postgres::Run(const std::string& database, const std::string& sql) const {
    const auto address = fmt::format("host=127.0.0.1 port={} user=tests dbname='{}'", port_, database);
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(address.c_str()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection.get(), sql.c_str()), &PQclear
    );
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQerrorMessage(connection.get()));
    }
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

PostgresServer Postgres::DatabaseOf(const std::string& name) const {
    const auto known = fmt::format("SELECT 1 FROM pg_database WHERE datname = '{}'", name);
    if (Run(kEveryServersDatabase, known).empty()) {
        Run(kEveryServersDatabase, fmt::format("CREATE DATABASE \"{}\"", name));
    }
    return ServerOf(name);
}

void Postgres::Drop(const std::string& name) const {
    Run(kEveryServersDatabase, fmt::format("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", name));
}

Postgres& PostgresOfTests() {
    static Postgres postgres;
    return postgres;
}

}  // namespace notify::testing
