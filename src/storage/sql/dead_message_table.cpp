#include "storage/sql/dead_message_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql = R"sql(
    INSERT INTO dead_message (id, source_id, message_id, reason, sentence, body, size_bytes, is_whole, receives,
                              created_at, replayed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (source_id, message_id) DO UPDATE SET receives = dead_message.receives + 1
    RETURNING id)sql";
constexpr const char* kGetSql = R"sql(
    SELECT id, source_id, message_id, reason, sentence, body, size_bytes, is_whole, receives, created_at, replayed_at
    FROM dead_message WHERE id = ?)sql";
constexpr const char* kListSql = R"sql(
    SELECT id, source_id, message_id, reason, sentence, body, size_bytes, is_whole, receives, created_at, replayed_at
    FROM dead_message
    WHERE (?1 = '' OR id < ?1) AND (?2 = '' OR source_id = ?2) AND (?3 < 0 OR CASE WHEN replayed_at IS NULL THEN 0 ELSE 1 END = ?3)
    ORDER BY id DESC LIMIT ?4)sql";
constexpr const char* kCountOpenSql = "SELECT count(*) FROM dead_message WHERE replayed_at IS NULL";
constexpr const char* kMarkSql = "UPDATE dead_message SET replayed_at = ? WHERE id = ?";
constexpr const char* kRemoveSql = "DELETE FROM dead_message WHERE id = ?";
constexpr const char* kRemoveOldSql =
    "DELETE FROM dead_message WHERE id IN (SELECT id FROM dead_message WHERE created_at < ? ORDER BY "
    "created_at "
    "LIMIT ?)";
constexpr const char* kCountOldSql = "SELECT count(*) FROM dead_message WHERE created_at < ?";

DeadMessage ReadMessage(Row& row) {
    DeadMessage message;
    message.id = row.As<DeadMessageId>();
    message.source_id = row.As<SourceId>();
    message.message_id = row.Text();
    message.reason = row.Text();
    message.sentence = row.Text();
    message.body = row.Text();
    message.size_bytes = static_cast<std::uint64_t>(row.Integer());
    message.is_whole = row.Bool();
    message.receives = row.Int();
    message.created_at = row.Time();
    message.replayed_at = row.OptionalTime();
    return message;
}

Result<void> OneChanged(const Result<int>& changed, const DeadMessageId& id) {
    return changed.and_then([&](int count) -> Result<void> {
        return count == 1
                   ? Result<void>{}
                   : Fail(ErrorCode::kNotFound, fmt::format("there is no dead message {}", id.Value()));
    });
}

}  // namespace

Result<bool> DeadMessageTable::Add(const DeadMessage& message) {
    return connection_
        .First(
            kAddSql,
            [](Row& row) { return row.Text(); },
            message.id,
            message.source_id,
            message.message_id,
            message.reason,
            message.sentence,
            message.body,
            message.size_bytes,
            message.is_whole,
            message.receives,
            message.created_at,
            message.replayed_at
        )
        .map([&](const std::optional<std::string>& id) { return id == message.id.Value(); });
}

Result<DeadMessage> DeadMessageTable::Get(const DeadMessageId& id) const {
    return connection_.First(kGetSql, ReadMessage, id).and_then([&](std::optional<DeadMessage> message) {
        return message ? Result<DeadMessage>(std::move(*message))
                       : Fail(ErrorCode::kNotFound, fmt::format("there is no dead message {}", id.Value()));
    });
}

Result<Page<DeadMessage>> DeadMessageTable::List(
    const DeadMessageFilter& filter, const PageRequest& page
) const {
    const int limit = std::clamp(page.limit, 1, 200);
    const int replayed = filter.replayed ? static_cast<int>(*filter.replayed) : -1;
    return connection_.Select(kListSql, ReadMessage, page.after, filter.source_id, replayed, limit + 1)
        .map([&](std::vector<DeadMessage> rows) {
            Page<DeadMessage> shown{.rows = std::move(rows)};
            if (shown.rows.size() > static_cast<std::size_t>(limit)) {
                shown.rows.pop_back();
                shown.next = shown.rows.back().id.Value();
            }
            return shown;
        });
}

Result<std::int64_t> DeadMessageTable::CountOpen() const {
    return connection_.First(
                          kCountOpenSql, [](Row& row) { return row.Integer(); }
    ).map([](const std::optional<std::int64_t>& count) { return count.value_or(0); });
}

Result<void> DeadMessageTable::MarkReplayed(const DeadMessageId& id, Timestamp at) {
    return OneChanged(connection_.Change(kMarkSql, at, id), id);
}

Result<void> DeadMessageTable::Remove(const DeadMessageId& id) {
    return OneChanged(connection_.Change(kRemoveSql, id), id);
}

Result<int> DeadMessageTable::RemoveOld(Timestamp before, int limit) {
    return connection_.Change(kRemoveOldSql, before, limit);
}

Result<std::int64_t> DeadMessageTable::CountOld(Timestamp before) const {
    return connection_.First(
                          kCountOldSql, [](Row& row) { return row.Integer(); }, before
    )
        .map([](std::optional<std::int64_t> count) { return count.value_or(0); });
}

}  // namespace notify::sql
