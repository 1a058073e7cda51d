#pragma once

// A row of the item table.

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Reads the columns in the order of the table, without its generation.
[[nodiscard]] Item ReadItem(Row& row);

/// kNotFound, with the id.
[[nodiscard]] Unexpected NoItem(const ItemId& id);

}  // namespace notify::sql
