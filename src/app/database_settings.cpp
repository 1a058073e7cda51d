#include "app/database_settings.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "storage/postgres/server.hpp"

namespace notify {

namespace {

struct DatabaseRow {
    std::string_view name;
    std::string PostgresServer::* member;
};

constexpr std::array<DatabaseRow, 6> kDatabaseTexts{{
    {.name = "DATABASE_HOST", .member = &PostgresServer::host},
    {.name = "DATABASE_USER", .member = &PostgresServer::user},
    {.name = "DATABASE_PASSWORD", .member = &PostgresServer::password},
    {.name = "DATABASE_NAME", .member = &PostgresServer::database},
    {.name = "DATABASE_SSLMODE", .member = &PostgresServer::tls_mode},
    {.name = "DATABASE_SSLROOTCERT", .member = &PostgresServer::tls_root_cert},
}};

}  // namespace

bool TakeDatabaseText(PostgresServer& database, std::string_view name, const std::string& value) {
    const auto* const row = std::ranges::find(kDatabaseTexts, name, &DatabaseRow::name);
    if (row == kDatabaseTexts.end()) {
        return false;
    }
    database.*row->member = value;
    return true;
}

bool IsTlsMode(std::string_view value) noexcept {
    static constexpr std::array<std::string_view, 7> kModes{
        "", "disable", "allow", "prefer", "require", "verify-ca", "verify-full"
    };
    return std::ranges::find(kModes, value) != kModes.end();
}

Result<void> CheckDatabase(const PostgresServer& database) {
    if (database.host.empty() || (!database.user.empty() && !database.database.empty())) {
        return {};
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format(
            "DATABASE_HOST is set, but {} is not; set it, or unset DATABASE_HOST to use SQLite in DATA_DIR",
            database.user.empty() ? "DATABASE_USER" : "DATABASE_NAME"
        )
    );
}

}  // namespace notify
