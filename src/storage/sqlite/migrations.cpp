#include "storage/sqlite/migrations.hpp"

#include <string>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::sqlite {

namespace {

constexpr const char* kVersionSql = "SELECT coalesce(max(version), 0) FROM schema_version";
constexpr const char* kNoteVersionSql = "INSERT INTO schema_version (version, applied_at) VALUES (?, ?)";

Result<void> Apply(Connection& connection, const Migration& migration, Timestamp now) {
    auto applied = connection.Execute("BEGIN IMMEDIATE")
                       .and_then([&] { return connection.Execute(std::string(migration.sql)); })
                       .and_then([&] { return connection.Change(kNoteVersionSql, migration.number, now); })
                       .and_then([&](int) { return connection.Execute("COMMIT"); });
    if (!applied) {
        static_cast<void>(connection.Execute("ROLLBACK"));
        return Unexpected(applied.error().Within(fmt::format("migration {}", migration.number)));
    }
    Log(LogLevel::kInfo, "database migrated", {{"version", migration.number}});
    return {};
}

}  // namespace

Result<void> Migrate(Connection& connection, Timestamp now) {
    auto made = connection.Execute(
        "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at INTEGER NOT "
        "NULL) STRICT"
    );
    if (!made) {
        return made;
    }
    const auto version = connection.First(kVersionSql, [](sql::Row& row) { return row.Int(); });
    if (!version) {
        return Unexpected(version.error());
    }
    const int present = version->value_or(0);
    const int newest = Migrations().back().number;
    if (present > newest) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "the database has schema version {}, this program knows up to {}; start a newer program",
                present,
                newest
            )
        );
    }
    for (const auto& migration : Migrations()) {
        if (migration.number > present) {
            if (auto applied = Apply(connection, migration, now); !applied) {
                return applied;
            }
        }
    }
    return {};
}

}  // namespace notify::sqlite
