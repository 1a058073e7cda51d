#pragma once

// A row of the item table.

#include "domain/item.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Reads the columns in the order of the table, without its generation.
[[nodiscard]] Item ReadItem(Row& row);

}  // namespace notify::sql
