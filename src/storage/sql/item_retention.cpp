// ItemTable: what of items is old, and goes.

#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/item_repository.hpp"
#include "storage/old_rows.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/item_table.hpp"
#include "storage/sql/old_page.hpp"
#include "storage/sql/old_statements.hpp"

namespace notify::sql {

namespace {

constexpr Sql kForgetSql{
    .sqlite = "DELETE FROM item WHERE id = ? RETURNING bucket_id, key, version",
    .postgres = "DELETE FROM item WHERE id IN (SELECT unnest(?)) RETURNING bucket_id, key, version"
};
constexpr Sql kForgetAliasesSql{
    .sqlite = R"sql(
    DELETE FROM content_alias
    WHERE bucket_id = ?1 AND key = ?2 AND version = ?3
      AND NOT EXISTS (SELECT 1 FROM item WHERE bucket_id = ?1 AND key = ?2 AND version = ?3))sql",
    .postgres = R"sql(
    DELETE FROM content_alias a USING unnest(?1, ?2, ?3) AS n (bucket_id, key, version)
    WHERE a.bucket_id = n.bucket_id AND a.key = n.key AND a.version = n.version
      AND NOT EXISTS (SELECT 1 FROM item i
                      WHERE i.bucket_id = n.bucket_id AND i.key = n.key AND i.version = n.version))sql"
};
constexpr Sql kForgetChangesSql{
    .sqlite = "DELETE FROM item_change WHERE item_id = ? AND number = ?", .postgres = R"sql(
    DELETE FROM item_change c USING unnest(?1, ?2) AS n (item_id, number)
    WHERE c.item_id = n.item_id AND c.number = n.number)sql"
};

/// What an alias is of.
struct Object {
    BucketId bucket_id;
    std::string key;
    std::string version;
};

}  // namespace

Result<OldPage<ItemId>> ItemTable::Left(const OldBefore& before, const OldPlace& from, int limit) const {
    const auto read = [](Row& row) {
        LookedAtRow<ItemId> looked{.place = ReadPlace(row), .found = {}};
        if (row.Bool()) {
            looked.found = ItemId(looked.place.id);
        }
        return looked;
    };
    return SelectOld(connection_, kLeftSql, read, {.before = before, .from = from, .limit = limit});
}

Result<int> ItemTable::Forget(const std::vector<ItemId>& ids) {
    const auto read = [](Row& row) {
        Object object;
        object.bucket_id = row.As<BucketId>();
        object.key = row.Bytes();
        object.version = row.Text();
        return object;
    };
    const auto bind = [](const Object& object, Binder& binder) {
        binder.BindAll(object.bucket_id, Blob{object.key}, object.version);
    };
    const auto gone = connection_.SelectFor(kForgetSql, ids, kBindItself, read);
    if (!gone) {
        return Unexpected(gone.error());
    }
    return connection_.ChangeFor(kForgetAliasesSql, *gone, bind).map([&](int) {
        return static_cast<int>(gone->size());
    });
}

Result<OldPage<ChangePlace>> ItemTable::PastChanges(Timestamp before, const OldPlace& from, int limit) const {
    const auto read = [](Row& row) {
        LookedAtRow<ChangePlace> looked{.place = ReadPlace(row), .found = {}};
        ChangePlace change{.item_id = row.As<ItemId>(), .number = row.Integer()};
        if (!change.item_id.IsEmpty()) {
            looked.found = std::move(change);
        }
        return looked;
    };
    return connection_.Select(kPastChangesSql, read, before, from.at, from.id, limit)
        .map([&](std::vector<LookedAtRow<ChangePlace>> rows) { return PageOf(std::move(rows), limit); });
}

Result<int> ItemTable::ForgetChanges(const std::vector<ChangePlace>& changes) {
    const auto bind = [](const ChangePlace& change, Binder& binder) {
        binder.BindAll(change.item_id, change.number);
    };
    return connection_.ChangeFor(kForgetChangesSql, changes, bind);
}

}  // namespace notify::sql
