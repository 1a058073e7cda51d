#pragma once

// A state in PostgreSQL, as it is copied to or from another database.

#include <cstdint>
#include <memory>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/copy/row_store.hpp"
#include "storage/postgres/server.hpp"

namespace notify::postgres {

enum class Access : std::uint8_t { kRead, kWrite };

/// A transaction on the schema `notifications`. For reading: one consistent moment, beside all who write. For
/// writing: makes the schema first, and brings it to this program's; whoever else writes waits until the end.
/// The errors of OpenPostgresStorage; For reading also kNotFound: there is nothing
/// yet; kConflict: the schema is not this program's.
[[nodiscard]] Result<std::unique_ptr<copy::RowStore>> OpenRowStore(
    const PostgresServer& server, Access access, const Clock& clock
);

}  // namespace notify::postgres
