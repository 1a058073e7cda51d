#pragma once

// Which key the secrets in a database are sealed with.

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// The database belongs to the first key it was opened with. kConflict: that was another one; both ids are in
/// the sentence.
[[nodiscard]] Result<void> CheckKey(Connection& connection, const SecretBox& box);

}  // namespace notify::sql
