// ItemTable, of many items at once; one is many of which there is one.

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/status.hpp"
#include "storage/item_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/item_row.hpp"
#include "storage/sql/item_table.hpp"

namespace notify::sql {

namespace {

// most items are the first of their key. For SQLite rows of values: before an INSERT … SELECT it copies every
// page that it may touch
// the first of a key that there is: those before it may have been forgotten
constexpr Sql kAddFirstsSql{
    .sqlite = R"sql(
    INSERT INTO item (id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since,
                      blocked_by, reason_code, reason, discovered_at, resolving_since, removed_at, state_version,
                      generation)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, 1
    WHERE NOT EXISTS (SELECT 1 FROM item WHERE bucket_id = ?2 AND key = ?3))sql",
    .postgres = R"sql(
    INSERT INTO item (id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since,
                      blocked_by, reason_code, reason, discovered_at, resolving_since, removed_at, state_version,
                      generation)
    SELECT *, 1 FROM unnest(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
         AS n (id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
               reason_code, reason, discovered_at, resolving_since, removed_at, state_version)
    WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.bucket_id = n.bucket_id AND i.key = n.key)
    ON CONFLICT (bucket_id, key, generation) DO NOTHING)sql"
};
constexpr Sql kGetAllSql{
    .sqlite = R"sql(
    SELECT id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
           reason_code, reason, discovered_at, resolving_since, removed_at, state_version
    FROM item WHERE id = ?)sql",
    .postgres = R"sql(
    SELECT id, bucket_id, key, version, size_bytes, modified_at, media_type, content_sha256, status, since, blocked_by,
           reason_code, reason, discovered_at, resolving_since, removed_at, state_version
    FROM item WHERE id IN (SELECT unnest(?)))sql"
};
constexpr Sql kSetStatusesSql{
    .sqlite = R"sql(
    UPDATE item
    SET state_version = state_version + CASE WHEN status <> ?1 THEN 1 ELSE 0 END, status = ?1, since = ?2, blocked_by = ?3, reason_code = ?4,
        reason = ?5, resolving_since = ?6
    WHERE id = ?7)sql",
    .postgres = R"sql(
    UPDATE item
    SET state_version = item.state_version + CASE WHEN item.status <> n.status THEN 1 ELSE 0 END, status = n.status,
        since = n.since, blocked_by = n.blocked_by, reason_code = n.reason_code, reason = n.reason,
        resolving_since = n.resolving_since
    FROM unnest(?1, ?2, ?3, ?4, ?5, ?6, ?7) AS n (status, since, blocked_by, reason_code, reason, resolving_since, id)
    WHERE item.id = n.id)sql"
};
constexpr Sql kSetContentsSql{
    .sqlite = R"sql(
    UPDATE item
    SET media_type = CASE WHEN ?2 = '' THEN media_type ELSE ?2 END,
        content_sha256 = CASE WHEN ?3 = '' THEN content_sha256 ELSE ?3 END
    WHERE id = ?1)sql",
    .postgres = R"sql(
    UPDATE item
    SET media_type = CASE WHEN n.media_type = '' THEN item.media_type ELSE n.media_type END,
        content_sha256 = CASE WHEN n.sha256 = '' THEN item.content_sha256 ELSE n.sha256 END
    FROM unnest(?1, ?2, ?3) AS n (id, media_type, sha256) WHERE item.id = n.id)sql"
};
constexpr Sql kSetAliasesSql{
    .sqlite = R"sql(
    INSERT INTO content_alias (bucket_id, key, version, sha256) VALUES (?, ?, ?, ?)
    ON CONFLICT (bucket_id, key, version) DO UPDATE SET sha256 = excluded.sha256)sql",
    .postgres = R"sql(
    INSERT INTO content_alias (bucket_id, key, version, sha256) SELECT * FROM unnest(?, ?, ?, ?)
    ON CONFLICT (bucket_id, key, version) DO UPDATE SET sha256 = excluded.sha256)sql"
};
constexpr Sql kAddChangesSql{
    .sqlite = R"sql(
    INSERT INTO item_change (item_id, number, at, status, process_id, attempt, reason_code, reason)
    VALUES (?1, (SELECT 1 + coalesce(max(number), 0) FROM item_change WHERE item_id = ?1), ?2, ?3, ?4, ?5, ?6, ?7))sql",
    .postgres = R"sql(
    INSERT INTO item_change (item_id, number, at, status, process_id, attempt, reason_code, reason)
    SELECT n.item_id, (SELECT 1 + coalesce(max(c.number), 0) FROM item_change c WHERE c.item_id = n.item_id), n.at,
           n.status, n.process_id, n.attempt, n.reason_code, n.reason
    FROM unnest(?1, ?2, ?3, ?4, ?5, ?6, ?7) AS n (item_id, at, status, process_id, attempt, reason_code, reason))sql"
};

}  // namespace

Result<std::set<ItemId>> ItemTable::AddFirsts(const std::vector<Item>& items) {
    const auto bind = [](const Item& item, Binder& binder) {
        binder.BindAll(
            item.id,
            item.bucket_id,
            Blob{item.key},
            item.version,
            item.size_bytes,
            item.modified_at,
            item.media_type,
            item.content_sha256,
            ToString(item.status),
            item.since,
            ToString(item.blocked_by),
            item.reason_code,
            item.reason,
            item.discovered_at,
            item.resolving_since,
            item.removed_at,
            item.state_version
        );
    };
    const auto added = connection_.ChangeFor(kAddFirstsSql, items, bind);
    if (!added) {
        return Unexpected(added.error());
    }
    std::vector<ItemId> ids;
    ids.reserve(items.size());
    for (const auto& item : items) {
        ids.push_back(item.id);
    }
    if (std::cmp_equal(*added, ids.size())) {
        return std::set<ItemId>(ids.begin(), ids.end());
    }
    return GetAll(ids).map([](const std::vector<Item>& rows) {
        std::set<ItemId> there;
        for (const auto& row : rows) {
            there.insert(row.id);
        }
        return there;
    });
}

Result<std::vector<Item>> ItemTable::GetAll(const std::vector<ItemId>& ids) const {
    return connection_.SelectFor(kGetAllSql, ids, kBindItself, ReadItem);
}

Result<Item> ItemTable::Get(const ItemId& id) const {
    return GetAll({id}).and_then([&](std::vector<Item> found) {
        return found.empty() ? NoItem(id) : Result<Item>(std::move(found.front()));
    });
}

Result<void> ItemTable::SetStatus(const Item& item) {
    return SetStatuses({item});
}

Result<void> ItemTable::SetStatuses(const std::vector<Item>& items) {
    const auto bind = [](const Item& item, Binder& binder) {
        binder.BindAll(
            ToString(item.status),
            item.since,
            ToString(item.blocked_by),
            item.reason_code,
            item.reason,
            item.resolving_since,
            item.id
        );
    };
    return connection_.ChangeFor(kSetStatusesSql, items, bind).and_then([&](int changed) {
        return std::cmp_equal(changed, items.size())
                   ? Result<void>{}
                   : Fail(
                         ErrorCode::kNotFound, fmt::format("of {} items {} are there", items.size(), changed)
                     );
    });
}

Result<void> ItemTable::NoteContents(const std::vector<Item>& items) {
    std::vector<Item> digested;
    std::ranges::copy_if(items, std::back_inserter(digested), [](const Item& item) {
        return !item.content_sha256.empty();
    });
    const auto bind_alias = [](const Item& item, Binder& binder) {
        binder.BindAll(item.bucket_id, Blob{item.key}, item.version, item.content_sha256);
    };
    const auto bind = [](const Item& item, Binder& binder) {
        binder.BindAll(item.id, item.media_type, item.content_sha256);
    };
    return connection_.ChangeFor(kSetAliasesSql, digested, bind_alias)
        .and_then([&](int) { return connection_.ChangeFor(kSetContentsSql, items, bind); })
        .map([](int) {});
}

Result<void> ItemTable::SetContent(const ItemId& id, std::string_view media_type, std::string_view sha256) {
    const auto bind = [&](const ItemId& item, Binder& binder) { binder.BindAll(item, media_type, sha256); };
    return connection_.ChangeFor(kSetContentsSql, std::vector{id}, bind).and_then([&](int changed) {
        return changed == 1 ? Result<void>{} : NoItem(id);
    });
}

Result<void> ItemTable::SetAlias(
    const BucketId& bucket, std::string_view key, std::string_view version, std::string_view sha256
) {
    const auto bind = [&](const BucketId& of, Binder& binder) {
        binder.BindAll(of, Blob{key}, version, sha256);
    };
    return connection_.ChangeFor(kSetAliasesSql, std::vector{bucket}, bind).map([](int) {});
}

Result<void> ItemTable::AddChange(const ItemId& id, const ItemChange& change) {
    return AddChanges({{.item_id = id, .change = change}});
}

Result<void> ItemTable::AddChanges(const std::vector<NotedChange>& changes) {
    const auto bind = [](const NotedChange& noted, Binder& binder) {
        const auto& change = noted.change;
        binder.BindAll(
            noted.item_id,
            change.at,
            ToString(change.status),
            change.process_id,
            change.attempt,
            change.reason_code,
            change.reason
        );
    };
    return connection_.ChangeFor(kAddChangesSql, changes, bind).map([](int) {});
}

}  // namespace notify::sql
