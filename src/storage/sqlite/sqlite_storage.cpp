#include "storage/sqlite/sqlite_storage.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/sql/closure.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/migrations.hpp"
#include "storage/sql/sealed_with.hpp"
#include "storage/sql/tables.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/writer.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using sql::Tables;
using sqlite::Access;
using sqlite::Connection;

// prepared once for each connection
constexpr const char* kBeginSql = "BEGIN";
constexpr const char* kCommitSql = "COMMIT";

/// A reading connection with its repositories.
struct Reader {
    Reader(std::unique_ptr<Connection> opened, const SecretBox& box, const Clock& clock)
        : connection(std::move(opened)), tables(*connection, box, clock) {}

    std::unique_ptr<Connection> connection;
    Tables tables;
};

class Implementation final : public Storage {
public:
    Implementation(
        std::filesystem::path path,
        UniqueFd lock,
        std::unique_ptr<Connection> connection,
        const SecretBox& box,
        const Clock& clock
    )
        : path_(std::move(path)),
          lock_(std::move(lock)),
          box_(box),
          clock_(clock),
          writer_(std::move(connection), closures_, box, clock) {}

    [[nodiscard]] bool IsSingleNode() const noexcept override { return true; }

    Result<void> CheckIntegrity() override {
        auto connection = Connection::Open(path_, Access::kRead);
        if (!connection) {
            return Unexpected(connection.error());
        }
        const auto found =
            (*connection)->Select("PRAGMA quick_check(3)", [](sql::Row& row) { return row.Text(); });
        if (!found) {
            return Unexpected(found.error());
        }
        const bool good = found->size() == 1 && found->front() == "ok";
        return good ? Result<void>{}
                    : Fail(
                          ErrorCode::kInternal,
                          fmt::format("the database is damaged: {}", found->empty() ? "" : found->front())
                      );
    }

    Result<void> DropRemains() override {
        auto connection = Connection::Open(path_, Access::kWrite);
        if (!connection) {
            return Unexpected(connection.error());
        }
        const auto busy =
            (*connection)->First("PRAGMA wal_checkpoint(TRUNCATE)", [](sql::Row& row) { return row.Bool(); });
        if (!busy) {
            return Unexpected(busy.error());
        }
        return busy->value_or(true)
                   ? Fail(
                         ErrorCode::kUnavailable, "the database's log could not be emptied: it is being read"
                     )
                   : Result<void>{};
    }

    Result<void> CanWrite() const override { return writer_.CanWrite(); }

    std::uint64_t Commits() const noexcept override { return writer_.Commits(); }

    std::uint64_t Closures() const noexcept override { return writer_.Closures(); }

private:
    Result<void> RunWrite(const WriteFunction& function) override { return writer_.Run(function); }

    Result<void> RunRead(const ReadFunction& function) override {
        if (auto may = closures_.MayBegin(); !may) {
            return may;
        }
        auto reader = TakeReader();
        if (!reader) {
            return Unexpected(reader.error());
        }
        auto& [connection, tables] = **reader;
        if (auto begun = connection->Change(kBeginSql); !begun) {
            return Unexpected(begun.error());
        }
        auto outcome = closures_.Run([&] { return function(tables.AsSnapshot()); });
        if (connection->Change(kCommitSql)) {
            const std::scoped_lock lock(mutex_);
            idle_.push_back(std::move(*reader));
        }
        return outcome;
    }

    Result<std::unique_ptr<Reader>> TakeReader() {
        {
            const std::scoped_lock lock(mutex_);
            if (!idle_.empty()) {
                auto reader = std::move(idle_.back());
                idle_.pop_back();
                return reader;
            }
        }
        return Connection::Open(path_, Access::kRead).map([this](std::unique_ptr<Connection> opened) {
            return std::make_unique<Reader>(std::move(opened), box_, clock_);
        });
    }

    std::filesystem::path path_;
    UniqueFd lock_;
    const SecretBox& box_;
    const Clock& clock_;
    sql::OpenClosures closures_;
    sqlite::Writer writer_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> idle_;  ///< After the writer: it closes last and tidies its log up.
};

/// SQLite would make a file that others may read; its write-ahead log takes the mode of the file.
Result<void> MakePrivateFile(const std::filesystem::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    return fd.IsOpen() ? Result<void>{}
                       : Unexpected(SystemError(errno, fmt::format("open {}", path.native())));
}

}  // namespace

Result<std::unique_ptr<Storage>> OpenSqliteStorage(
    const std::filesystem::path& path, const SecretBox& box, const Clock& clock
) {
    auto lock_path = path;
    lock_path += ".lock";
    auto lock = LockFile(lock_path);
    if (!lock) {
        return Unexpected(lock.error());
    }
    if (auto made = MakePrivateFile(path); !made) {
        return Unexpected(made.error());
    }
    auto connection = Connection::Open(path, Access::kWrite);
    if (!connection) {
        return Unexpected(connection.error());
    }
    if (auto migrated = sql::Migrate(**connection, sql::SqliteMigrations(), "BEGIN IMMEDIATE", clock.Now());
        !migrated) {
        return Unexpected(migrated.error().Within(path.native()));
    }
    if (auto checked = sql::CheckKey(**connection, box); !checked) {
        return Unexpected(checked.error().Within(path.native()));
    }
    return std::unique_ptr<Storage>(
        std::make_unique<Implementation>(path, std::move(*lock), std::move(*connection), box, clock)
    );
}

}  // namespace notify
