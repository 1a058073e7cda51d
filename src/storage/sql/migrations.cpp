#include "storage/sql/migrations.hpp"

#include <optional>
#include <span>
#include <string>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kMakeVersionsSql =
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL)";
constexpr const char* kVersionSql = "SELECT coalesce(max(version), 0) FROM schema_version";
constexpr const char* kNoteVersionSql = "INSERT INTO schema_version (version, applied_at) VALUES (?, ?)";

Result<int> VersionOf(Connection& connection) {
    return connection.First(
                         kVersionSql, [](Row& row) { return row.Int(); }
    ).map([](std::optional<int> version) { return version.value_or(0); });
}

Result<void> Apply(Connection& connection, const Migration& migration, Timestamp now) {
    auto applied = connection.Execute(std::string(migration.sql)).and_then([&] {
        return connection.Change(kNoteVersionSql, migration.number, now);
    });
    if (!applied) {
        return Unexpected(applied.error().Within(fmt::format("migration {}", migration.number)));
    }
    Log(LogLevel::kInfo, "database migrated", {{"version", migration.number}});
    return {};
}

/// The next migration that is missing; false when there is none.
Result<bool> ApplyNext(Connection& connection, std::span<const Migration> migrations, Timestamp now) {
    const auto present = connection.Execute(kMakeVersionsSql).and_then([&] { return VersionOf(connection); });
    if (!present) {
        return Unexpected(present.error());
    }
    const int newest = migrations.back().number;
    if (*present > newest) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "the database has schema version {}, this program knows up to {}; start a newer program",
                *present,
                newest
            )
        );
    }
    for (const auto& migration : migrations) {
        if (migration.number > *present) {
            return Apply(connection, migration, now).map([] { return true; });
        }
    }
    return false;
}

}  // namespace

Result<void> Migrate(
    Connection& connection, std::span<const Migration> migrations, const char* begin, Timestamp now
) {
    while (true) {
        const auto applied =
            connection.Execute(begin).and_then(
                                         [&] { return ApplyNext(connection, migrations, now); }
            ).and_then([&](bool did) { return connection.Execute("COMMIT").map([&] { return did; }); });
        if (!applied) {
            static_cast<void>(connection.Execute("ROLLBACK"));
            return Unexpected(applied.error());
        }
        if (!*applied) {
            return {};
        }
    }
}

}  // namespace notify::sql
