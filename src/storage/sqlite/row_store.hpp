#pragma once

// A state in SQLite, as it is copied to or from another database.

#include <memory>
#include <vector>

#include "core/result.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::sqlite {

/// The tables of the database in the order in which its migrations made them: what a row refers to stands in
/// a table before its own.
[[nodiscard]] Result<std::vector<copy::Table>> TablesOf(Connection& connection);

/// A transaction on the connection. Nobody else writes to the database.
[[nodiscard]] Result<std::unique_ptr<copy::RowStore>> OpenRowStore(std::unique_ptr<Connection> connection);

}  // namespace notify::sqlite
