#pragma once

// One connection to PostgreSQL: how it is made, its statements, its faults.

#include <chrono>
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

struct ClearResult {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};

using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

/// How long the server may say nothing to what begins, ends or looks at a transaction: shorter than a lease
/// less its margin, far longer than any disk that works takes for a COMMIT.
inline constexpr std::chrono::milliseconds kControlPatience = std::chrono::seconds(15);

class Connection final : public sql::Connection {
public:
    /// Connects, within 5 s for each address, to a server that can be written to and is of version 15 or
    /// newer. The faults of ConnectFault; kUnsupported: an older server. A machine that is gone is noticed
    /// after about 12 s. One that is there may stand still: when nothing comes for 5 s while a statement is
    /// waited for, the server is asked on another connection, and if it says nothing there for 5 s either,
    /// this one is given up: kUnavailable with kDatabaseAway, and of no more use. So it is after 65 s of
    /// silence in any case, the server ends statements at 60 s.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(const PostgresServer& server);

    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// From now on waits for a statement for as long as it lasts: for migrations and copies. Or no more so.
    void WaitForEver(bool for_ever) noexcept;

    /// Gives the connection up when nothing comes for kControlPatience.
    [[nodiscard]] Result<void> Execute(const std::string& sql) override;

    /// As Execute, with `patience`; the first column of the last statement's first row, "" when there is
    /// none.
    [[nodiscard]] Result<std::string> Ask(
        const std::string& sql, std::chrono::milliseconds patience = kControlPatience
    );

    /// Runs COPY … TO STDOUT (FORMAT binary) and gives each tuple to `take`, an error of which ends it: then
    /// the connection is of no more use. This and CopyIn only when it waits for ever.
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

    /// The last result of what was sent, which all statements go through. `is_sent`: libpq took it.
    [[nodiscard]] Result<ResultPtr> Answer(
        bool is_sent, std::string_view doing, std::chrono::milliseconds patience
    );
    /// Until the next result is there, or the connection is broken.
    [[nodiscard]] Result<void> Await(std::string_view doing, std::chrono::milliseconds patience);
    void TakeIn();
    [[nodiscard]] bool IsServerThere() const;
    void Break();

    [[nodiscard]] Result<void> BeginTry() override;
    [[nodiscard]] Result<void> EndTry(bool went_well) override;

    [[nodiscard]] const char* InItsWords(const sql::Sql& sql) const noexcept override { return sql.postgres; }

    PGconn* handle_;
    bool waits_for_ever_ = false;
    bool prepares_ = true;  ///< False once something between here and the server forgot a prepared statement.
    std::unordered_map<const char*, std::unique_ptr<Prepared>> statements_;
};

}  // namespace notify::postgres
