// ProcessTable: checkpoints of long work, and how it went.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "storage/process_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/process_table.hpp"

namespace notify::sql {

namespace {

constexpr std::string_view kPurpose = "checkpoint";
constexpr int kMostDeaths = 2;  // of its child on the same checkpoint

// keeps its row from others until the end of the transaction
constexpr const char* kLockHeldSql =
    "UPDATE process SET fence = fence WHERE id = ? AND status = 'Processing' AND fence = ?";
constexpr const char* kKeepSql = R"sql(
    INSERT INTO checkpoint (process_id, position_ms, content, crashes, open)
    SELECT id, ?2, ?3, crashes, ?4 FROM process WHERE id = ?1
    ON CONFLICT (process_id) DO UPDATE
    SET position_ms = excluded.position_ms, content = excluded.content, crashes = excluded.crashes,
        open = excluded.open)sql";
constexpr const char* kDropPartsSql = "DELETE FROM checkpoint_part WHERE process_id = ? AND number >= ?";
constexpr const char* kCountPartsSql = "SELECT count(*) FROM checkpoint_part WHERE process_id = ?";
constexpr const char* kAddPartSql =
    "INSERT INTO checkpoint_part (process_id, number, ended) VALUES (?, ?, ?)";
constexpr const char* kGetSql = R"sql(
    SELECT c.position_ms, c.open FROM checkpoint c JOIN process p ON p.id = c.process_id
    WHERE c.process_id = ? AND c.content = ? AND p.crashes < c.crashes + ?)sql";
constexpr const char* kPartsSql = "SELECT ended FROM checkpoint_part WHERE process_id = ? ORDER BY number";
constexpr const char* kNoteSql = R"sql(
    INSERT INTO long_work (process_id, item_id, media_ms, resumed_at_ms, gave_way)
    SELECT id, item_id, ?3, ?4, ?5 FROM process WHERE id = ?1 AND status = 'Processing' AND fence = ?2
    ON CONFLICT (process_id) DO UPDATE
    SET media_ms = excluded.media_ms, resumed_at_ms = excluded.resumed_at_ms,
        gave_way = long_work.gave_way + excluded.gave_way)sql";
constexpr const char* kLongWorkOfSql =
    "SELECT process_id, media_ms, resumed_at_ms, gave_way FROM long_work WHERE item_id = ?";

}  // namespace

Result<bool> ProcessTable::KeepCheckpoint(
    const Hold& hold, const CheckpointStep& step, std::string_view content
) {
    const auto& id = hold.process_id;
    const auto held = connection_.Change(kLockHeldSql, id, hold.fence);
    if (!held || *held == 0) {
        return held.map([](int) { return false; });
    }
    auto number = static_cast<std::int64_t>(step.ended_before);
    const auto kept = connection_.Change(kDropPartsSql, id, number).and_then([&](int) {
        return connection_.First(kCountPartsSql, [](Row& row) { return row.Integer(); }, id);
    });
    if (!kept || kept->value_or(0) != number) {
        return kept ? Fail(ErrorCode::kConflict, fmt::format("a checkpoint of {} misses parts", id.Value()))
                    : Unexpected(kept.error());
    }
    auto stored =
        connection_.Change(kKeepSql, id, step.position_ms, content, Blob{box_.Seal(step.open, kPurpose)});
    for (auto part = step.ended.begin(); stored && part != step.ended.end(); ++part) {
        stored = connection_.Change(kAddPartSql, id, number++, Blob{box_.Seal(*part, kPurpose)});
    }
    return stored.map([](int) { return true; });
}

Result<std::optional<Checkpoint>> ProcessTable::CheckpointOf(
    const ProcessId& id, std::string_view content
) const {
    const auto read = [](Row& row) {
        Checkpoint checkpoint;
        checkpoint.position_ms = row.Integer();
        checkpoint.open = row.Bytes();
        return checkpoint;
    };
    auto found = connection_.First(kGetSql, read, id, content, kMostDeaths);
    if (!found || !*found) {
        return found;
    }
    auto parts = connection_.Select(kPartsSql, [](Row& row) { return row.Bytes(); }, id);
    auto open = box_.Open((*found)->open, kPurpose);
    if (!parts || !open) {
        return Unexpected(parts ? open.error() : parts.error());
    }
    (*found)->open = *std::move(open);
    for (const auto& part : *parts) {
        auto clear = box_.Open(part, kPurpose);
        if (!clear) {
            return Unexpected(clear.error());
        }
        (*found)->ended.push_back(*std::move(clear));
    }
    return found;
}

Result<void> ProcessTable::NoteLongWork(const Hold& hold, const LongWork& work) {
    return connection_
        .Change(kNoteSql, hold.process_id, hold.fence, work.media_ms, work.resumed_at_ms, work.gave_way)
        .map([](int) {});
}

Result<std::map<ProcessId, LongWork>> ProcessTable::LongWorkOf(const ItemId& item) const {
    const auto read = [](Row& row) {
        auto id = row.As<ProcessId>();
        LongWork work;
        work.media_ms = row.Integer();
        work.resumed_at_ms = row.Integer();
        work.gave_way = row.Int();
        return std::pair(std::move(id), work);
    };
    return connection_.Select(kLongWorkOfSql, read, item).map([](const auto& rows) {
        return std::map<ProcessId, LongWork>(rows.begin(), rows.end());
    });
}

}  // namespace notify::sql
