#include "storage/sqlite/connection.hpp"

#include <fmt/format.h>

namespace notify::sqlite {

void Binder::Bind(std::string_view text) {
    sqlite3_bind_text64(
        statement_,
        ++index_,
        text.data() == nullptr ? "" : text.data(),
        text.size(),
        SQLITE_TRANSIENT,
        SQLITE_UTF8
    );
}

void Binder::Bind(const Blob& blob) {
    sqlite3_bind_blob64(
        statement_,
        ++index_,
        blob.bytes.data() == nullptr ? "" : blob.bytes.data(),
        blob.bytes.size(),
        SQLITE_TRANSIENT
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

Result<std::unique_ptr<Connection>> Connection::Open(const std::filesystem::path& path) {
    sqlite3* handle = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    std::unique_ptr<Connection> connection(new Connection(handle));
    if (opened != SQLITE_OK) {
        return Unexpected(connection->LastError(fmt::format("open the database {}", path.native())));
    }
    sqlite3_busy_timeout(handle, 5000);
    auto configured = connection->Execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA "
        "trusted_schema = OFF;"
        "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -2000; PRAGMA journal_size_limit = 16777216;"
    );
    return configured ? Result<std::unique_ptr<Connection>>(std::move(connection))
                      : Unexpected(configured.error().Within(path.native()));
}

Connection::~Connection() {
    for (const auto& [sql, statement] : statements_) {
        sqlite3_finalize(statement);
    }
    sqlite3_close_v2(handle_);
}

Result<void> Connection::Execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return Unexpected(LastError("execute"));
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
    auto error = LastError("read");
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
    const int code = sqlite3_extended_errcode(handle_);
    Error error{.code = ErrorCode::kInternal, .stage = "storage"};
    switch (code & 0xFF) {
        case SQLITE_FULL:
            error.code = ErrorCode::kStorageFull;
            break;
        case SQLITE_BUSY:
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
            error.code = ErrorCode::kUnavailable;
            break;
        case SQLITE_READONLY:
        case SQLITE_PERM:
            error.code = ErrorCode::kForbidden;
            break;
        case SQLITE_CONSTRAINT:
            error.code = code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY
                             ? ErrorCode::kConflict
                             : ErrorCode::kInternal;
            break;
        default:
            break;
    }
    error.message = fmt::format("database: cannot {}: {}", doing, sqlite3_errmsg(handle_));
    return error;
}

}  // namespace notify::sqlite
