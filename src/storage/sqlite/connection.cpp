#include "storage/sqlite/connection.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <asm-generic/errno.h>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify::sqlite {

namespace {

// for other programs that look into the file; our own connections never wait for each other
constexpr int kPatienceMs = 5000;

constexpr const char* kWalSql = "PRAGMA journal_mode = WAL";
constexpr const char* kWriterSql =
    "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA trusted_schema = "
    "OFF;"
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 16777216";
constexpr const char* kReaderSql =
    "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = "
    "-1000";

ErrorCode ConstraintCode(int extended) {
    switch (extended) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
            return ErrorCode::kConflict;
        case SQLITE_CONSTRAINT_FOREIGNKEY:
            return ErrorCode::kNotFound;
        default:
            return ErrorCode::kInternal;
    }
}

ErrorCode CodeOf(int extended, int system_number) {
    switch (static_cast<int>(static_cast<unsigned>(extended) & 0xFFU)) {
        case SQLITE_FULL:
            return ErrorCode::kStorageFull;
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN: {
            // a file that cannot grow (a quota, a limit) is told as a failed write
            const bool no_room = extended == SQLITE_IOERR_WRITE || extended == SQLITE_IOERR_SHMSIZE ||
                                 system_number == ENOSPC || system_number == EDQUOT;
            return no_room ? ErrorCode::kStorageFull : ErrorCode::kUnavailable;
        }
        case SQLITE_BUSY:
        case SQLITE_NOMEM:
            return ErrorCode::kUnavailable;
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return ErrorCode::kForbidden;
        case SQLITE_CONSTRAINT:
            return ConstraintCode(extended);
        default:
            return ErrorCode::kInternal;
    }
}

}  // namespace

void Binder::Bind(std::string_view text) {
    sqlite3_bind_text64(
        statement_,
        ++index_,
        text.data() == nullptr ? "" : text.data(),
        text.size(),
        SQLITE_STATIC,
        SQLITE_UTF8
    );
}

void Binder::Bind(const Blob& blob) {
    sqlite3_bind_blob64(
        statement_,
        ++index_,
        blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
        blob.bytes.size(),
        SQLITE_STATIC
    );
}

void Binder::Bind(const NullIfEmpty& value) {
    if (value.text.empty()) {
        Bind(std::nullopt);
    } else {
        Bind(value.text);
    }
}

void Binder::Bind(double number) {
    sqlite3_bind_double(statement_, ++index_, number);
}

void Binder::Bind(std::nullopt_t) {
    sqlite3_bind_null(statement_, ++index_);
}

void Binder::BindInteger(std::int64_t number) {
    sqlite3_bind_int64(statement_, ++index_, number);
}

std::string Row::Text() {
    return Bytes();
}

std::string Row::Bytes() {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, index_));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, index_));
    ++index_;
    return bytes == nullptr ? std::string() : std::string(bytes, size);
}

std::int64_t Row::Integer() {
    return sqlite3_column_int64(statement_, index_++);
}

double Row::Real() {
    return sqlite3_column_double(statement_, index_++);
}

std::optional<Timestamp> Row::OptionalTime() {
    if (sqlite3_column_type(statement_, index_) == SQLITE_NULL) {
        ++index_;
        return std::nullopt;
    }
    return Time();
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::filesystem::path& path, Access access) {
    // SQLite counts the bytes of each allocation under one lock; nobody asks for them
    static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(uncounted);
    const bool writes = access == Access::kWrite;
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | (writes ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX |
                      SQLITE_OPEN_EXRESCODE;
    const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    std::unique_ptr<Connection> connection(new Connection(handle));
    if (opened != SQLITE_OK) {
        return Unexpected(connection->LastError(fmt::format("open {}", path.native())));
    }
    sqlite3_busy_timeout(handle, kPatienceMs);
    const auto mode = connection->First(kWalSql, [](Row& row) { return row.Text(); });
    if (!mode) {
        return Unexpected(mode.error().Within(path.native()));
    }
    if (mode->value_or("") != "wal") {
        return Fail(
            ErrorCode::kUnavailable,
            fmt::format("{} cannot have a write-ahead log; a network folder?", path.native())
        );
    }
    if (auto configured = connection->Execute(writes ? kWriterSql : kReaderSql); !configured) {
        return Unexpected(configured.error().Within(path.native()));
    }
    return connection;
}

Connection::~Connection() {
    for (const auto& [sql, statement] : statements_) {
        sqlite3_finalize(statement);
    }
    sqlite3_close_v2(handle_);
}

Result<void> Connection::Execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        const bool reads = sql == "BEGIN" || sql.starts_with("PRAGMA");
        return Unexpected(LastError(reads ? "execute" : "write"));
    }
    return {};
}

Result<sqlite3_stmt*> Connection::Prepare(const char* sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) {
        sqlite3_reset(found->second);
        sqlite3_clear_bindings(found->second);
        return found->second;
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        return Unexpected(LastError("prepare"));
    }
    statements_.emplace(sql, statement);
    return statement;
}

Result<bool> Connection::Step(sqlite3_stmt* statement) {
    const int stepped = sqlite3_step(statement);
    if (stepped == SQLITE_ROW) {
        return true;
    }
    if (stepped == SQLITE_DONE) {
        sqlite3_reset(statement);
        return false;
    }
    auto error = LastError(sqlite3_stmt_readonly(statement) != 0 ? "read" : "write");
    sqlite3_reset(statement);
    return Unexpected(std::move(error));
}

Result<int> Connection::FinishChange(sqlite3_stmt* statement) {
    while (true) {
        const auto more = Step(statement);
        if (!more) {
            return Unexpected(more.error());
        }
        if (!*more) {
            return sqlite3_changes(handle_);
        }
    }
}

Error Connection::LastError(std::string_view doing) const {
    return {
        .code = CodeOf(sqlite3_extended_errcode(handle_), sqlite3_system_errno(handle_)),
        .stage = "storage",
        .reason = {},
        .retry_after = {},
        .message = fmt::format("database: cannot {}: {}", doing, sqlite3_errmsg(handle_))
    };
}

}  // namespace notify::sqlite
