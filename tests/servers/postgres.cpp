#include "servers/postgres.hpp"

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

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

Postgres::Connection Postgres::ConnectTo(const std::string& database) const {
    const auto address = fmt::format("host=127.0.0.1 port={} user=tests dbname='{}'", port_, database);
    Connection connection(PQconnectdb(address.c_str()), &PQfinish);
    if (PQstatus(connection.get()) != CONNECTION_OK) {
        throw std::runtime_error(PQerrorMessage(connection.get()));
    }
    PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
    return connection;
}

namespace {

std::string Ask(PGconn* connection, const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQerrorMessage(connection));
    }
    return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace

std::string Postgres::Run(const std::string& database, const std::string& sql) const {
    return Ask(ConnectTo(database).get(), sql);
}

Postgres::Lease Postgres::TakeFree() const {
    auto holder = ConnectTo(kEveryServersDatabase);
    for (int number = 1;; ++number) {
        if (Ask(holder.get(), fmt::format("SELECT pg_try_advisory_lock({})", number)) != "t") {
            continue;
        }
        auto database = fmt::format("tests_{}", number);
        const auto known = fmt::format("SELECT 1 FROM pg_database WHERE datname = '{}'", database);
        if (Ask(holder.get(), known).empty()) {
            Ask(holder.get(), "CREATE DATABASE " + database);
        }
        Run(database, "DROP SCHEMA IF EXISTS notifications CASCADE");
        return {.database = std::move(database), .holder = std::move(holder)};
    }
}

PostgresServer Postgres::DatabaseOf(const std::string& name) {
    auto lease = leases_.find(name);
    if (lease == leases_.end()) {
        lease = leases_.emplace(name, TakeFree()).first;
    }
    PostgresServer server;
    server.host = "127.0.0.1";
    server.port = port_;
    server.user = "tests";
    server.database = lease->second.database;
    return server;
}

void Postgres::Release(const std::string& name) {
    leases_.erase(name);
}

Postgres& PostgresOfTests() {
    static Postgres postgres;
    return postgres;
}

}  // namespace notify::testing
