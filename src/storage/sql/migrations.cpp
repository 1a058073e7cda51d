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
    "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY, applied_at BIGINT NOT NULL, "
    "works_with BIGINT)";
constexpr const char* kVersionSql = "SELECT coalesce(max(version), 0) FROM schema_version";
constexpr const char* kWorksWithSql = "SELECT 1 FROM schema_version WHERE version = ?1 AND works_with <= ?2";
constexpr const char* kNoteVersionSql =
    "INSERT INTO schema_version (version, applied_at, works_with) VALUES (?, ?, ?)";

Result<int> VersionOf(Connection& connection) {
    return connection.First(
                         kVersionSql, [](Row& row) { return row.Int(); }
    ).map([](std::optional<int> version) { return version.value_or(0); });
}

Result<void> Apply(Connection& connection, const Migration& migration, Timestamp now) {
    auto applied = connection.Execute(std::string(migration.sql)).and_then([&] {
        return connection.Change(kNoteVersionSql, migration.number, now, migration.works_with);
    });
    if (!applied) {
        return Unexpected(applied.error().Within(fmt::format("migration {}", migration.number)));
    }
    Log(LogLevel::kInfo, "database migrated", {{"version", migration.number}});
    return {};
}

/// Nothing when a program that knows up to `newest` may work on a database of the version `present`, which is
/// later.
Result<void> CheckWorksWith(Connection& connection, int present, int newest) {
    const auto works = connection.First(kWorksWithSql, [](Row& row) { return row.Int(); }, present, newest);
    if (!works) {
        return Unexpected(works.error());
    }
    if (!*works) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "the database has schema version {}, this program knows up to {}; start a newer program",
                present,
                newest
            )
        );
    }
    Log(LogLevel::kInfo,
        "a newer program has migrated the database, which works with this one, too",
        {{"version", present}, {"known", newest}});
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
        return CheckWorksWith(connection, *present, newest).map([] { return false; });
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

Result<void> CheckIsNewest(Connection& connection, std::span<const Migration> migrations) {
    return VersionOf(connection).and_then([&](int present) {
        const int newest = migrations.back().number;
        return present == newest ? Result<void>{}
                                 : Fail(
                                       ErrorCode::kConflict,
                                       fmt::format(
                                           "the database has schema version {}, this program {}; take the "
                                           "program of that version",
                                           present,
                                           newest
                                       )
                                   );
    });
}

}  // namespace notify::sql
