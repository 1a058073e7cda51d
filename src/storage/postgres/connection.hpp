#pragma once

// One connection to PostgreSQL: how it is made, its statements, its faults.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <libpq-fe.h>

#include "core/result.hpp"
#include "storage/postgres/server.hpp"
#include "storage/sql/connection.hpp"

namespace notify::postgres {

class Connection final : public sql::Connection {
public:
    /// Connects within 5 s to a server that can be written to and is of version 15 or newer. A connection
    /// that says nothing is given up after about 12 s. The faults of ConnectFault; kUnsupported: an older
    /// server.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(const PostgresServer& server);

    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<void> Execute(const std::string& sql) override;

    /// As Execute; the first column of the last statement's first row, "" when there is none.
    [[nodiscard]] Result<std::string> Ask(const std::string& sql);

    /// Runs COPY … TO STDOUT (FORMAT binary) and gives each tuple to `take`, an error of which ends it: then
    /// the connection is of no more use.
    [[nodiscard]] Result<void> CopyOut(
        const std::string& sql, const std::function<Result<void>(std::string_view)>& take
    );

    /// Runs COPY … FROM STDIN (FORMAT binary) with the tuples that `give` puts.
    using PutTuple = std::function<Result<void>(std::string_view)>;
    [[nodiscard]] Result<void> CopyIn(
        const std::string& sql, const std::function<Result<void>(const PutTuple&)>& give
    );

    /// False when it is of no more use.
    [[nodiscard]] bool IsGood() const noexcept { return PQstatus(handle_) == CONNECTION_OK; }

    /// The number of the server's process, as the connection was told when it was made.
    [[nodiscard]] int Process() const noexcept { return PQbackendPID(handle_); }

    /// Becomes readable when the server has something to say.
    [[nodiscard]] int Socket() const noexcept { return PQsocket(handle_); }

    /// True when another connection notified a channel that this one listens to, since it was last asked.
    [[nodiscard]] bool TakeNotified();

    /// True between BEGIN and its end, also when the transaction has failed.
    [[nodiscard]] bool InTransaction() const noexcept { return PQtransactionStatus(handle_) != PQTRANS_IDLE; }

    /// True when a statement failed and the transaction takes none until it is rolled back.
    [[nodiscard]] bool HasFailed() const noexcept { return PQtransactionStatus(handle_) == PQTRANS_INERROR; }

private:
    class Prepared;

    explicit Connection(PGconn* handle);

    [[nodiscard]] Result<sql::Statement*> Prepare(const char* sql) override;

    [[nodiscard]] Result<int> RunFor(
        const sql::Sql& sql, const GivenRows& rows, const ReadRow& read
    ) override;

    [[nodiscard]] Prepared& Known(const char* sql);

    [[nodiscard]] Result<void> BeginTry() override;
    [[nodiscard]] Result<void> EndTry(bool went_well) override;

    [[nodiscard]] const char* InItsWords(const sql::Sql& sql) const noexcept override { return sql.postgres; }

    PGconn* handle_;
    bool prepares_ = true;  ///< False once something between here and the server forgot a prepared statement.
    std::unordered_map<const char*, std::unique_ptr<Prepared>> statements_;
};

}  // namespace notify::postgres
