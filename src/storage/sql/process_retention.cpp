// ProcessTable: which runs are old, and go.

#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/old_rows.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/old_page.hpp"
#include "storage/sql/old_statements.hpp"
#include "storage/sql/process_table.hpp"

namespace notify::sql {

namespace {

constexpr Sql kForgetSql{
    .sqlite = "DELETE FROM process WHERE id = ? RETURNING result_id",
    .postgres = "DELETE FROM process WHERE id IN (SELECT unnest(?)) RETURNING result_id"
};

}  // namespace

Result<OldPage<ProcessId>> ProcessTable::Followed(
    const OldBefore& before, const OldPlace& from, int limit
) const {
    const auto read = [](Row& row) {
        LookedAtRow<ProcessId> looked{.place = ReadPlace(row), .found = {}};
        if (auto id = row.As<ProcessId>(); !id.IsEmpty()) {
            looked.found = std::move(id);
        }
        return looked;
    };
    return SelectOld(connection_, kFollowedSql, read, {.before = before, .from = from, .limit = limit});
}

Result<std::vector<ResultId>> ProcessTable::Forget(const std::vector<ProcessId>& ids) {
    return connection_.SelectFor(kForgetSql, ids, kBindItself, [](Row& row) { return row.As<ResultId>(); });
}

}  // namespace notify::sql
