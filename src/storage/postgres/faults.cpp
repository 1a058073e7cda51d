#include "storage/postgres/faults.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <postgres_ext.h>

#include "core/error.hpp"
#include "storage/database_away.hpp"
#include "storage/postgres/server.hpp"

namespace notify::postgres {

namespace {

/// Source: PostgreSQL 15, appendix A. A row with two characters is of a whole class.
struct Row {
    std::string_view state;
    ErrorCode code;
    std::string_view reason;
};

constexpr std::array kFaults{
    Row{.state = "23505", .code = ErrorCode::kConflict, .reason = {}},
    Row{.state = "23503", .code = ErrorCode::kNotFound, .reason = {}},
    Row{.state = "53100", .code = ErrorCode::kStorageFull, .reason = {}},
    Row{.state = "25006", .code = ErrorCode::kForbidden, .reason = "read_only"},
    Row{.state = "42501", .code = ErrorCode::kForbidden, .reason = {}},
    Row{.state = "40001", .code = ErrorCode::kUnavailable, .reason = kRunAgain},
    Row{.state = "40P01", .code = ErrorCode::kUnavailable, .reason = kRunAgain},
    Row{.state = "42P05", .code = ErrorCode::kUnavailable, .reason = kForgotten},
    Row{.state = "26000", .code = ErrorCode::kUnavailable, .reason = kForgotten},
    Row{.state = "55P03", .code = ErrorCode::kUnavailable, .reason = "locked"},
    Row{.state = "57014", .code = ErrorCode::kUnavailable, .reason = "too_slow"},
    Row{.state = "25P02", .code = ErrorCode::kUnavailable, .reason = kRunAgain},
    Row{.state = "25P03", .code = ErrorCode::kUnavailable, .reason = kDatabaseAway},
    Row{.state = "57", .code = ErrorCode::kUnavailable, .reason = kDatabaseAway},
    Row{.state = "08", .code = ErrorCode::kUnavailable, .reason = kDatabaseAway},
    Row{.state = "53", .code = ErrorCode::kUnavailable, .reason = {}},
};

constexpr std::string_view kNoPostgres =
    "what answers there does not speak PostgreSQL's protocol (a MySQL or MariaDB server?): DATABASE_HOST "
    "must be "
    "a PostgreSQL server, 15 or newer";

constexpr std::string_view kReadOnly =
    "it is a read-only replica: DATABASE_HOST must be the primary, or list it too";
constexpr std::string_view kNoPrimary = "none of these servers that answers is the primary";

/// Why a connection is refused, by what libpq says: the first that fits.
struct Known {
    std::string_view text;  ///< Of libpq's sentence.
    ErrorCode code;
    std::string_view sentence;
};

constexpr std::array kKnown{
    Known{
        .text = "too many connections",
        .code = ErrorCode::kUnavailable,
        .sentence = "it has no connection left for this user"
    },
    Known{
        .text = "too many clients", .code = ErrorCode::kUnavailable, .sentence = "it has no connection left"
    },
    Known{
        .text = "remaining connection slots",
        .code = ErrorCode::kUnavailable,
        .sentence = "it has no connection left"
    },
    Known{.text = "starting up", .code = ErrorCode::kUnavailable, .sentence = "it is starting"},
    Known{.text = "shutting down", .code = ErrorCode::kUnavailable, .sentence = "it is being stopped"},
    Known{
        .text = "permission denied for database",
        .code = ErrorCode::kForbidden,
        .sentence = "the user may not connect to this database: GRANT CONNECT, or change DATABASE_NAME"
    },
    Known{
        .text = "is not permitted to log in",
        .code = ErrorCode::kForbidden,
        .sentence = "this user may not log in: see DATABASE_USER"
    },
    Known{
        .text = "expected authentication request",
        .code = ErrorCode::kInvalidArgument,
        .sentence = kNoPostgres
    },
    Known{
        .text = "invalid response to SSL negotiation",
        .code = ErrorCode::kInvalidArgument,
        .sentence = kNoPostgres
    },
    Known{
        .text = "password authentication failed",
        .code = ErrorCode::kUnauthenticated,
        .sentence = "it refuses the user or the password: see DATABASE_USER and DATABASE_PASSWORD"
    },
    Known{
        .text = "no password supplied",
        .code = ErrorCode::kUnauthenticated,
        .sentence = "it asks for a password: set DATABASE_PASSWORD"
    },
    Known{
        .text = "no pg_hba.conf entry",
        .code = ErrorCode::kForbidden,
        .sentence = "its pg_hba.conf does not let this user in from here in this way (DATABASE_SSLMODE?)"
    },
    Known{
        .text = "does not support SSL",
        .code = ErrorCode::kInvalidArgument,
        .sentence = "it does not speak TLS, but DATABASE_SSLMODE asks for it"
    },
    Known{
        .text = "does not match host name",
        .code = ErrorCode::kForbidden,
        .sentence = "its certificate is of another name: DATABASE_HOST must be one that is in it"
    },
    Known{
        .text = "certificate",
        .code = ErrorCode::kForbidden,
        .sentence = "its certificate is not trusted: see DATABASE_SSLMODE and DATABASE_SSLROOTCERT"
    },
    Known{
        .text = "database \"",
        .code = ErrorCode::kNotFound,
        .sentence = "there is no such database: make it (CREATE DATABASE …) or change DATABASE_NAME"
    },
    Known{
        .text = "role \"",
        .code = ErrorCode::kUnauthenticated,
        .sentence = "there is no such user: see DATABASE_USER"
    },
    Known{.text = "read-only", .code = ErrorCode::kForbidden, .sentence = kReadOnly},
    Known{.text = "hot standby", .code = ErrorCode::kForbidden, .sentence = kReadOnly},
};

/// What libpq says without the names in it: a database may be called "certificate". Those that were given
/// first, with the marks around them: there may be marks in a name.
std::string WithoutNames(const PostgresServer& server, std::string_view said) {
    std::string bare(said);
    for (const auto* const given : {&server.database, &server.user, &server.host}) {
        const auto quoted = fmt::format("\"{}\"", *given);
        for (auto at = bare.find(quoted); at != std::string::npos; at = bare.find(quoted, at + 2)) {
            bare.replace(at, quoted.size(), "\"\"");
        }
    }
    for (auto open = bare.find('"'); open != std::string::npos; open = bare.find('"', open + 2)) {
        const auto close = bare.find('"', open + 1);
        if (close == std::string::npos) {
            break;
        }
        bare.erase(open + 1, close - open - 1);
    }
    return bare;
}

/// The first line of what libpq says: the rest are hints of it.
std::string Sentence(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    for (const auto* start : {"ERROR:  ", "FATAL:  ", "PANIC:  "}) {
        if (const auto at = text.find(start); at != std::string_view::npos) {
            text.remove_prefix(at + std::string_view(start).size());
        }
    }
    return std::string(text);
}

}  // namespace

Error FaultOf(const PGconn* connection, const PGresult* result, std::string_view doing) {
    const auto* const field = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string_view state = field == nullptr ? std::string_view() : field;
    const auto* const known = std::ranges::find_if(kFaults, [&](const Row& row) {
        return !state.empty() && state.starts_with(row.state);
    });
    Error error{
        .code = known == kFaults.end() ? ErrorCode::kInternal : known->code,
        .stage = "storage",
        .reason = known == kFaults.end() ? std::string() : std::string(known->reason),
        .retry_after = {},
        .message = fmt::format(
            "database: cannot {}: {}",
            doing,
            Sentence(
                result != nullptr && !state.empty() ? PQresultErrorMessage(result)
                                                    : PQerrorMessage(connection)
            )
        )
    };
    if (PQstatus(connection) != CONNECTION_OK) {
        error.code = ErrorCode::kUnavailable;
        error.reason = kDatabaseAway;
    }
    return error;
}

bool MayGoWell(const Error& error) noexcept {
    return error.reason == kDatabaseAway || error.reason == kRunAgain || error.reason == kForgotten;
}

Error AsAway(Error error) {
    error.code = ErrorCode::kUnavailable;
    error.reason = kDatabaseAway;
    return error;
}

std::string AddressOf(const PostgresServer& server) {
    return fmt::format("{}:{}", server.host, server.port.empty() ? "5432" : server.port);
}

Error ConnectFault(const PostgresServer& server, std::string_view said) {
    const auto bare = WithoutNames(server, said);
    const auto* const row = std::ranges::find_if(kKnown, [&](const Known& each) {
        return bare.find(each.text) != std::string::npos;
    });
    auto known = row == kKnown.end() ? std::nullopt : std::optional(*row);
    if (known && known->sentence == kReadOnly && server.host.find(',') != std::string::npos) {
        known = Known{.text = {}, .code = ErrorCode::kUnavailable, .sentence = kNoPrimary};
    }
    const auto code = known ? known->code : ErrorCode::kUnavailable;
    return {
        .code = code,
        .stage = "storage",
        .reason = std::string(code == ErrorCode::kUnavailable ? kDatabaseAway : std::string_view()),
        .retry_after = {},
        .message =
            known ? fmt::format("PostgreSQL at {}: {}", AddressOf(server), known->sentence)
                  : fmt::format("PostgreSQL at {} does not answer: {}", AddressOf(server), Sentence(said))
    };
}

}  // namespace notify::postgres
