#include "storage/sqlite/connection.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <asm-generic/errno.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sqlite {

namespace {

// for other programs that look into the file; our own connections never wait for each other
constexpr int kPatienceMs = 5000;
constexpr int kLookasidePiece = 4096;  // bytes
constexpr int kLookasidePieces = 200;

constexpr int kPagesAtATime = 4096;

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

/// No room → kStorageFull, a unique constraint → kConflict, a row that is referred to but missing →
/// kNotFound, busy and input/output → kUnavailable, else kInternal.
Error LastError(sqlite3* handle, std::string_view doing) {
    return {
        .code = CodeOf(sqlite3_extended_errcode(handle), sqlite3_system_errno(handle)),
        .stage = "storage",
        .reason = {},
        .retry_after = {},
        .message = fmt::format("database: cannot {}: {}", doing, sqlite3_errmsg(handle))
    };
}

}  // namespace

class Connection::Prepared final : public sql::Statement {
public:
    Prepared(sqlite3* handle, sqlite3_stmt* statement) : handle_(handle), statement_(statement) {}

    ~Prepared() override { sqlite3_finalize(statement_); }

    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;

    void Reset() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }

    void BindText(int parameter, std::string_view text) override {
        const auto* const start = text.data() == nullptr ? "" : text.data();
        sqlite3_bind_text64(statement_, parameter, start, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }

    void BindBytes(int parameter, std::string_view bytes) override {
        const auto* const start = bytes.data() == nullptr ? "" : bytes.data();
        sqlite3_bind_blob64(statement_, parameter, start, bytes.size(), SQLITE_STATIC);
    }

    void BindInteger(int parameter, std::int64_t number) override {
        sqlite3_bind_int64(statement_, parameter, number);
    }

    void BindReal(int parameter, double number) override {
        sqlite3_bind_double(statement_, parameter, number);
    }

    void BindNull(int parameter, sql::Kind /*kind*/) override { sqlite3_bind_null(statement_, parameter); }

    [[nodiscard]] Result<bool> Step() override {
        const int stepped = sqlite3_step(statement_);
        if (stepped == SQLITE_ROW) {
            return true;
        }
        if (stepped == SQLITE_DONE) {
            sqlite3_reset(statement_);
            return false;
        }
        auto error = LastError(handle_, sqlite3_stmt_readonly(statement_) != 0 ? "read" : "write");
        sqlite3_reset(statement_);
        return Unexpected(std::move(error));
    }

    [[nodiscard]] std::string_view BytesAt(int column) const override {
        const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
        return bytes == nullptr ? std::string_view() : std::string_view(bytes, size);
    }

    [[nodiscard]] std::int64_t IntegerAt(int column) const override {
        return sqlite3_column_int64(statement_, column);
    }

    [[nodiscard]] double RealAt(int column) const override {
        return sqlite3_column_double(statement_, column);
    }

    [[nodiscard]] bool IsNullAt(int column) const override {
        return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }

    [[nodiscard]] int Changed() const override { return sqlite3_changes(handle_); }

private:
    sqlite3* handle_;
    sqlite3_stmt* statement_;
};

Connection::Connection(sqlite3* handle) : handle_(handle) {}

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
        return Unexpected(LastError(handle, fmt::format("open {}", path.native())));
    }
    sqlite3_busy_timeout(handle, kPatienceMs);
    // what a statement needs for a moment, without malloc: a document fits into a piece
    sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, nullptr, kLookasidePiece, kLookasidePieces);
    const auto mode = connection->First(kWalSql, [](sql::Row& row) { return row.Text(); });
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

Result<std::unique_ptr<Connection>> Connection::OpenStill(const std::filesystem::path& path) {
    std::string uri = "file:";
    const auto absolute = std::filesystem::absolute(path);
    for (const char c : absolute.native()) {
        uri += c == '?' || c == '#' || c == '%' ? fmt::format("%{:02X}", c) : std::string(1, c);
    }
    sqlite3* handle = nullptr;
    const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int opened = sqlite3_open_v2((uri + "?immutable=1").c_str(), &handle, flags, nullptr);
    std::unique_ptr<Connection> connection(new Connection(handle));
    if (opened != SQLITE_OK) {
        return Unexpected(LastError(handle, fmt::format("open {}", path.native())));
    }
    return connection;
}

Connection::~Connection() {
    statements_.clear();
    sqlite3_close_v2(handle_);
}

Result<void> Connection::Execute(const std::string& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        const bool reads = sql == "BEGIN" || sql.starts_with("PRAGMA");
        return Unexpected(LastError(handle_, reads ? "execute" : "write"));
    }
    return {};
}

Result<void> Connection::CopyTo(const std::filesystem::path& path, const std::stop_token& stop) {
    sqlite3* handle = nullptr;
    const int flags =
        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    const Connection copy(handle);
    if (opened != SQLITE_OK) {
        return Unexpected(LastError(handle, fmt::format("write {}", path.native())));
    }
    // with the read begun, what others commit meanwhile does not begin the copy anew
    auto begun = Execute("BEGIN").and_then([&] { return Execute("SELECT 1 FROM sqlite_schema"); });
    auto* const backup = sqlite3_backup_init(handle, "main", handle_, "main");
    int stepped = SQLITE_OK;
    while (begun && backup != nullptr && stepped == SQLITE_OK && !stop.stop_requested()) {
        stepped = sqlite3_backup_step(backup, kPagesAtATime);
    }
    sqlite3_backup_finish(backup);
    static_cast<void>(Execute("COMMIT"));
    if (!begun) {
        return begun;
    }
    if (stop.stop_requested()) {
        return Fail(ErrorCode::kStopped, "stopped while the database was copied");
    }
    if (stepped != SQLITE_DONE) {
        return Unexpected(LastError(handle, fmt::format("write {}", path.native())));
    }
    return {};
}

Result<sql::Statement*> Connection::Prepare(const char* sql) {
    const auto found = statements_.find(sql);
    if (found != statements_.end()) {
        found->second->Reset();
        return found->second.get();
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        return Unexpected(LastError(handle_, "prepare"));
    }
    return statements_.emplace(sql, std::make_unique<Prepared>(handle_, statement)).first->second.get();
}

}  // namespace notify::sqlite
