#pragma once

// What PostgreSQL answers when it does not do something, as errors of ours.

#include <string>
#include <string_view>

#include <libpq-fe.h>

#include "core/error.hpp"
#include "storage/postgres/server.hpp"

namespace notify::postgres {

/// Reasons of kUnavailable, beside kDatabaseAway: the transaction was taken back by the database for a reason
/// that passes, and is run again.
inline constexpr std::string_view kRunAgain = "run_again";
/// So, too; a pool between here and the server had another of its connections prepare the statement.
inline constexpr std::string_view kForgotten = "statement_forgotten";

/// The other nodes gave this one up.
inline constexpr std::string_view kGivenUp = "given_up";

/// True when the same transaction may go well when it is run again, on another connection if need be.
[[nodiscard]] bool MayGoWell(const Error& error) noexcept;

/// Of an answer that is none: a unique constraint → kConflict, a row that is referred to but missing →
/// kNotFound, no room → kStorageFull, no right or a read-only server → kForbidden, away, busy or out of
/// connections → kUnavailable, else kInternal. `result` may be null.
[[nodiscard]] Error FaultOf(const PGconn* connection, const PGresult* result, std::string_view doing);

/// A fault of connecting again to what was connected to before: whatever it is, it may pass.
[[nodiscard]] Error AsAway(Error error);

/// Why a connection to `server` could not be made, of which libpq says `said`; with the server's address and
/// no password. kUnavailable with kDatabaseAway: it may pass. So it is when several hosts are named and none
/// of them that answers can be written to: the primary is among them, and away.
[[nodiscard]] Error ConnectFault(const PostgresServer& server, std::string_view said);

/// "db.example:5432".
[[nodiscard]] std::string AddressOf(const PostgresServer& server);

}  // namespace notify::postgres
