#include "storage/sql/sealed_with.hpp"

#include <optional>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kNoteKeySql =
    "INSERT INTO sealed_with (one, key_id) VALUES (1, ?) ON CONFLICT (one) DO NOTHING";
constexpr const char* kKeySql = "SELECT key_id FROM sealed_with WHERE one = 1";

}  // namespace

Result<void> CheckKey(Connection& connection, const SecretBox& box) {
    const auto noted = connection.Change(kNoteKeySql, box.KeyId());
    const auto known = connection.First(kKeySql, [](Row& row) { return row.Text(); });
    if (!noted || !known) {
        return Unexpected(noted ? known.error() : noted.error());
    }
    return *known == box.KeyId() ? Result<void>{}
                                 : Fail(
                                       ErrorCode::kConflict,
                                       fmt::format(
                                           "the secrets in this database are sealed with key {}, but the key "
                                           "file holds key {}; put the right key file back",
                                           known->value_or(""),
                                           box.KeyId()
                                       )
                                   );
}

}  // namespace notify::sql
