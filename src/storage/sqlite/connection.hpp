#pragma once

// One connection to SQLite: how its file is opened, its statements, its faults.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>

#include <sqlite3.h>

#include "core/result.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sqlite {

enum class Access : std::uint8_t { kRead, kWrite };

class Connection final : public sql::Connection {
public:
    /// Opens the database with WAL, foreign keys and synchronous=FULL; made when missing, unless it is for
    /// reading, which then also refuses to write. kStorageFull, kForbidden, kUnavailable, kInternal (no
    /// database), each with the path.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(
        const std::filesystem::path& path, Access access
    );

    /// Opens a database that nobody writes, of which it makes nothing and in whose folder it makes nothing.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> OpenStill(const std::filesystem::path& path);

    ~Connection() override;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] Result<void> Execute(const std::string& sql) override;

    /// Copies the database as it is at one moment into a new file, while others go on writing to it. Its
    /// bytes are on disk then. kStopped; kStorageFull, kForbidden, kUnavailable with the path.
    [[nodiscard]] Result<void> CopyTo(const std::filesystem::path& path, const std::stop_token& stop);

    /// The folder of the database's files.
    [[nodiscard]] std::filesystem::path Folder() const {
        return std::filesystem::path(sqlite3_db_filename(handle_, "main")).parent_path();
    }

    /// True between BEGIN and its end. SQLite ends a transaction by itself when it has no room to go on.
    [[nodiscard]] bool InTransaction() const noexcept { return sqlite3_get_autocommit(handle_) == 0; }

    /// How many rows were changed since it was opened.
    [[nodiscard]] std::int64_t Changes() const noexcept { return sqlite3_total_changes64(handle_); }

private:
    class Prepared;

    explicit Connection(sqlite3* handle);

    [[nodiscard]] Result<sql::Statement*> Prepare(const char* sql) override;

    [[nodiscard]] const char* InItsWords(const sql::Sql& sql) const noexcept override { return sql.sqlite; }

    sqlite3* handle_;
    std::unordered_map<const char*, std::unique_ptr<Prepared>> statements_;
};

}  // namespace notify::sqlite
