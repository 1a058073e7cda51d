#include "app/backup/state_copy.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/backup/manifest.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/migrations.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::backup {

namespace {

constexpr const char* kStateSql = R"sql(
    SELECT (SELECT coalesce(max(version), 0) FROM schema_version),
           (SELECT coalesce(max(key_id), '') FROM sealed_with),
           (SELECT count(*) FROM item),
           (SELECT count(*) FROM process),
           (SELECT count(*) FROM result),
           (SELECT count(*) FROM person))sql";
constexpr const char* kDamageSql = R"sql(
    SELECT integrity_check FROM pragma_integrity_check(1) WHERE integrity_check <> 'ok'
    UNION ALL
    SELECT 'a row of ' || "table" || ' refers to one of ' || parent || ' that is missing' FROM pragma_foreign_key_check
    LIMIT 1)sql";

State ReadState(sql::Row& row) {
    State state;
    state.schema = row.Int();
    state.key_id = row.Text();
    state.counts = {
        .items = row.Integer(), .processes = row.Integer(), .results = row.Integer(), .people = row.Integer()
    };
    return state;
}

}  // namespace

Result<State> LookInto(const std::filesystem::path& path) {
    return sqlite::Connection::OpenStill(path)
        .and_then([](const std::unique_ptr<sqlite::Connection>& database) {
            return database->First(kStateSql, ReadState);
        })
        .map([](const std::optional<State>& state) { return state.value_or(State()); })
        .map_error([&](const Error& error) { return error.Within(path.native()); });
}

Result<void> CheckSoundness(const std::filesystem::path& path) {
    const auto damage =
        sqlite::Connection::OpenStill(path).and_then([](const std::unique_ptr<sqlite::Connection>& database) {
            return database->First(kDamageSql, [](sql::Row& row) { return row.Text(); });
        });
    if (!damage || *damage) {
        return damage ? Fail(ErrorCode::kInternal, fmt::format("{} is damaged: {}", path.native(), **damage))
                      : Unexpected(damage.error().Within(path.native()));
    }
    return {};
}

Result<std::unique_ptr<sqlite::Connection>> OpenWithSchema(
    const std::filesystem::path& path, const Clock& clock
) {
    return sqlite::Connection::Open(path, sqlite::Access::kWrite)
        .and_then([&](std::unique_ptr<sqlite::Connection> connection) {
            return sql::Migrate(*connection, sql::SqliteMigrations(), "BEGIN IMMEDIATE", clock.Now())
                .map([&] { return std::move(connection); })
                .map_error([&](const Error& error) { return error.Within(path.native()); });
        });
}

}  // namespace notify::backup
