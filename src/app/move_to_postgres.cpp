#include "app/move_to_postgres.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "app/data_folder.hpp"
#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/copy/artifact_files.hpp"
#include "storage/copy/copy_state.hpp"
#include "storage/postgres/row_store.hpp"
#include "storage/sql/migrations.hpp"
#include "storage/sql/sealed_with.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/row_store.hpp"

namespace notify {

namespace {

Result<void> CheckThereIsOne(const Settings& settings) {
    if (settings.database.host.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "DATABASE_HOST is not set: it, DATABASE_NAME and DATABASE_USER name the PostgreSQL database to "
            "fill"
        );
    }
    if (auto here = CheckDataIsHere(settings); !here) {
        return here;
    }
    std::error_code unknown;
    const bool was_moved = std::filesystem::exists(settings.data_dir / kMovedFile, unknown);
    if (std::filesystem::exists(settings.data_dir / kDatabaseFile, unknown)) {
        return {};
    }
    return Fail(
        ErrorCode::kNotFound,
        was_moved ? fmt::format("the state of {} was moved to PostgreSQL before", settings.data_dir.native())
                  : fmt::format("there is no {} in {} to move", kDatabaseFile, settings.data_dir.native())
    );
}

/// With this program's schema, and what is sealed in it opens with the key file.
Result<std::unique_ptr<sqlite::Connection>> OpenSource(const Settings& settings, const Clock& clock) {
    const auto box = SecretBox::Open(settings.data_dir / kKeyFile, MissingKey::kRefuse);
    if (!box) {
        return Unexpected(box.error());
    }
    auto connection = sqlite::Connection::Open(settings.data_dir / kDatabaseFile, sqlite::Access::kWrite);
    if (!connection) {
        return connection;
    }
    auto ready = sql::Migrate(**connection, sql::SqliteMigrations(), "BEGIN IMMEDIATE", clock.Now());
    ready = ready.and_then([&] { return sql::CheckIsNewest(**connection, sql::SqliteMigrations()); });
    ready = ready.and_then([&] { return sql::CheckKey(**connection, *box); });
    return ready ? std::move(connection) : Unexpected(ready.error());
}

Result<void> Copy(
    const Settings& settings, const Clock& clock, const copy::Progress& progress, const std::stop_token& stop
) {
    auto connection = OpenSource(settings, clock);
    if (!connection) {
        return Unexpected(connection.error());
    }
    const auto tables = sqlite::TablesOf(**connection);
    const auto files = tables ? copy::ArtifactFiles::Of(**connection, settings.data_dir / kArtifactsFolder)
                              : Unexpected(tables.error());
    if (!files) {
        return Unexpected(files.error());
    }
    auto rows = sqlite::OpenRowStore(*std::move(connection));
    auto into = rows ? postgres::OpenRowStore(settings.database, postgres::Access::kWrite, clock)
                     : Unexpected(rows.error());
    if (!into) {
        return Unexpected(into.error());
    }
    copy::WithArtifactFiles from(**rows, *files);
    return copy::CopyState(from, **into, *tables, progress, stop).and_then([&] { return (*into)->Commit(); });
}

Result<void> PutAside(const std::filesystem::path& folder) {
    // the log is empty and gone, unless another program has the file open
    for (const auto* end : {"-wal", ""}) {
        std::error_code error;
        std::filesystem::rename(
            folder / (std::string(kDatabaseFile) + end), folder / (std::string(kMovedFile) + end), error
        );
        if (error && error != std::errc::no_such_file_or_directory) {
            return Unexpected(
                SystemError(error.value(), fmt::format("rename {}", (folder / kDatabaseFile).native()))
            );
        }
    }
    return SyncFolder(folder);
}

}  // namespace

Result<void> MoveToPostgres(
    const Settings& settings, const Clock& clock, const copy::Progress& progress, const std::stop_token& stop
) {
    if (auto there = CheckThereIsOne(settings); !there) {
        return there;
    }
    const auto held = HoldDataDir(settings.data_dir);
    if (!held) {
        return Unexpected(held.error());
    }
    if (auto copied = Copy(settings, clock, progress, stop); !copied) {
        return copied;
    }
    FailPoint("moved");
    return PutAside(settings.data_dir);
}

}  // namespace notify
