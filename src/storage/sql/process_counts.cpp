#include "storage/sql/process_counts.hpp"

#include "core/result.hpp"
#include "domain/status.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kChangeSql =
    "UPDATE process_count SET count = count + ?3, ended = ended + ?4 WHERE processor = ?1 AND status = ?2";
constexpr const char* kAddSql =
    "INSERT INTO process_count (processor, status, count, ended) VALUES (?1, ?2, ?3, ?4)";

}  // namespace

Result<void> KeepCounts(Connection& connection, const ProcessCounts& changes) {
    for (const auto& [what, change] : changes) {
        if (change == 0) {
            continue;
        }
        const int ended = IsTerminal(what.second) ? change : 0;
        auto changed = connection.Change(kChangeSql, what.first, ToString(what.second), change, ended);
        if (changed && *changed == 0) {
            changed = connection.Change(kAddSql, what.first, ToString(what.second), change, ended);
        }
        if (!changed) {
            return Unexpected(changed.error());
        }
    }
    return {};
}

}  // namespace notify::sql
