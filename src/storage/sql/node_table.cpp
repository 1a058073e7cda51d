#include "storage/sql/node_table.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "storage/node_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

namespace {

constexpr const char* kOfNameSql =
    "SELECT id, name, host, version, roles, workers, reads_folders, started_at, heard_at FROM node WHERE "
    "name = ?";
constexpr const char* kJoinSql = R"sql(
    INSERT INTO node (id, name, host, version, roles, workers, reads_folders, started_at, heard_at, backend, wrote)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ''))sql";
constexpr const char* kBeatSql = "UPDATE node SET heard_at = ?2 WHERE id = ?1";
constexpr const char* kEndProcessesSql =
    "UPDATE process SET lease_until = 0 WHERE status = 'Processing' AND lease_owner = ?";
constexpr const char* kEndDeliveriesSql =
    "UPDATE delivery SET lease_until = 0 WHERE status = 'Processing' AND lease_owner = ?";
constexpr const char* kLeaveSql = "DELETE FROM node WHERE id = ?";
constexpr const char* kListSql =
    "SELECT id, name, host, version, roles, workers, reads_folders, started_at, heard_at FROM node ORDER BY "
    "name";
// A connection that is gone was closed by its process's end, or cut: who lives is back within 2 s. Whoever
// asks must have been connected for a while: after an outage everybody's was cut, and one is back first. And
// who waits for the lock of a long transaction is silent, but there
constexpr Sql kGoneSql{
    .sqlite = R"sql(
    SELECT id, name, host, version, roles, workers, reads_folders, started_at, heard_at
    FROM node WHERE id <> ?1 AND heard_at < ?2 AND ?3 IS NOT NULL ORDER BY name)sql",
    .postgres = R"sql(
    SELECT id, name, host, version, roles, workers, reads_folders, started_at, heard_at
    FROM (SELECT n.*,
                 (SELECT CASE WHEN a.wait_event_type = 'Lock' THEN 'waits' ELSE 'is there' END
                  FROM pg_stat_activity a
                  WHERE n.backend <> '' AND a.pid::text = split_part(n.backend, '@', 1)
                    AND (a.backend_start IS NULL
                         OR (extract(epoch FROM a.backend_start) * 1000000)::bigint::text =
                            split_part(n.backend, '@', 2))) AS connection,
                 EXISTS (SELECT 1 FROM node s
                         WHERE s.id = ?1 AND s.backend <> ''
                           AND split_part(s.backend, '@', 2)::bigint <
                               (extract(epoch FROM clock_timestamp() - interval '15 s') * 1000000)::bigint) AS may_judge
          FROM node n) seen
    WHERE id <> ?1
      AND ((heard_at < ?2 AND coalesce(connection, '') <> 'waits')
           OR (heard_at < ?3 AND backend <> '' AND connection IS NULL AND may_judge))
    ORDER BY name)sql"
};
// whether the connection of the one of that name is still there; '' where that is not known
constexpr Sql kConnectionSql{.sqlite = "SELECT '' FROM node WHERE name = ?", .postgres = R"sql(
    SELECT CASE WHEN n.backend = '' THEN ''
                WHEN EXISTS (SELECT 1 FROM pg_stat_activity a
                             WHERE a.pid::text = split_part(n.backend, '@', 1)
                               AND (a.backend_start IS NULL
                                    OR (extract(epoch FROM a.backend_start) * 1000000)::bigint::text =
                                       split_part(n.backend, '@', 2)))
                THEN 'there' ELSE 'gone' END
    FROM node n WHERE n.name = ?)sql"};
constexpr const char* kTakeSql =
    "INSERT INTO duty (role, node_id, since) VALUES (?, ?, ?) ON CONFLICT (role) DO NOTHING";
constexpr const char* kDutyOfSql = "SELECT 1 FROM duty WHERE role = ? AND node_id = ?";
constexpr const char* kGiveBackSql = "DELETE FROM duty WHERE role = ? AND node_id = ?";
constexpr const char* kDutiesSql = "SELECT role, node_id, since FROM duty ORDER BY role";

constexpr std::chrono::milliseconds kSilence{3500};  // who lives says so every second

Node ReadNode(Row& row) {
    Node node;
    node.id = row.As<NodeId>();
    node.name = row.Text();
    node.host = row.Text();
    node.version = row.Text();
    node.roles = Roles::Parse(row.Text()).value_or(Roles());
    node.workers = row.Int();
    node.reads_folders = row.Bool();
    node.started_at = row.Time();
    node.heard_at = row.Time();
    return node;
}

}  // namespace

Result<void> NodeTable::Join(const Node& node) {
    const auto there = connection_.First(kOfNameSql, ReadNode, node.name);
    const auto connection = connection_.First(kConnectionSql, [](Row& row) { return row.Text(); }, node.name);
    if (!there || !connection) {
        return Unexpected(there ? connection.error() : there.error());
    }
    const auto state = connection->value_or("gone");
    // where the connection is not known, one on this host is one that was killed: it held DATA_DIR
    const auto may_live = [&](const Node& other) {
        return other.id != node.id && node.heard_at - other.heard_at < kNodeLease &&
               (state == "there" || (state.empty() && other.host != node.host));
    };
    if (*there && may_live(**there)) {
        return Unexpected(
            Error{
                .code = ErrorCode::kConflict,
                .stage = "storage",
                .reason = std::string(kNameTaken),
                .retry_after = kNodeLease - (node.heard_at - (*there)->heard_at),
                .message = fmt::format(
                    "a service of the same name ({}) on {} uses this database: when DATA_DIR was copied, "
                    "remove the file node from the copy",
                    node.name,
                    (*there)->host
                )
            }
        );
    }
    return (*there ? Leave((*there)->id) : Result<void>{})
        .and_then([&] {
            return connection_.Change(
                kJoinSql,
                node.id,
                node.name,
                node.host,
                node.version,
                node.roles.Text(),
                node.workers,
                node.reads_folders,
                node.started_at,
                node.heard_at
            );
        })
        .map([](int) {});
}

Result<void> NodeTable::Beat(const NodeId& id, Timestamp now) {
    return connection_.Change(kBeatSql, id, now).map([](int) {});
}

Result<void> NodeTable::Leave(const NodeId& id) {
    Result<int> ended(0);
    for (const auto* const sql : {kEndProcessesSql, kEndDeliveriesSql, kLeaveSql}) {
        ended = ended ? connection_.Change(sql, id) : ended;
    }
    return ended.map([](int) {});
}

Result<std::vector<Node>> NodeTable::List() const {
    return connection_.Select(kListSql, ReadNode);
}

Result<std::vector<Node>> NodeTable::Gone(const NodeId& self, Timestamp now) const {
    return connection_.Select(kGoneSql, ReadNode, self, now - kNodeLease, now - kSilence);
}

Result<bool> NodeTable::Take(Role duty, const NodeId& node, Timestamp now) {
    return connection_.Change(kTakeSql, ToString(duty), node, now).and_then([&](int) {
        return connection_.First(
                              kDutyOfSql, [](Row& row) { return row.Int(); }, ToString(duty), node
        )
            .map([](const std::optional<int>& mine) { return mine.has_value(); });
    });
}

Result<void> NodeTable::GiveBack(Role duty, const NodeId& node) {
    return connection_.Change(kGiveBackSql, ToString(duty), node).map([](int) {});
}

Result<std::vector<Duty>> NodeTable::Duties() const {
    return connection_.Select(kDutiesSql, [](Row& row) {
        Duty duty;
        duty.role = row.Text() == ToString(Role::kDelivery) ? Role::kDelivery : Role::kScheduler;
        duty.node = row.As<NodeId>();
        duty.since = row.Time();
        return duty;
    });
}

}  // namespace notify::sql
