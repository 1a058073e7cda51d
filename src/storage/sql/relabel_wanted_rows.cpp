// The items whose appearances are to be looked at again: PeopleEditTable's third part.

#include <cstdint>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/people_edit_table.hpp"

namespace notify::sql {

namespace {

constexpr Sql kWantPeopleSql{
    .sqlite = R"sql(
    INSERT INTO relabel_wanted (item_id, at, tell)
    SELECT DISTINCT item_id, ?2, ?3 FROM appearance WHERE person_id = ?1
    ON CONFLICT (item_id) DO UPDATE SET tell = max(relabel_wanted.tell, excluded.tell))sql",
    .postgres = R"sql(
    INSERT INTO relabel_wanted (item_id, at, tell)
    SELECT a.item_id, max(n.at), max(n.tell)
    FROM appearance a JOIN unnest(?, ?, ?) AS n (person_id, at, tell) ON n.person_id = a.person_id GROUP BY a.item_id
    ON CONFLICT (item_id) DO UPDATE SET tell = greatest(relabel_wanted.tell, excluded.tell))sql"
};
constexpr Sql kWantTracksSql{
    .sqlite = R"sql(
    INSERT INTO relabel_wanted (item_id, at, tell)
    SELECT DISTINCT p.item_id, ?2, 0 FROM face_track t JOIN process p ON p.result_id = t.result_id WHERE t.anchor = ?1
    ON CONFLICT (item_id) DO UPDATE SET tell = relabel_wanted.tell)sql",
    .postgres = R"sql(
    INSERT INTO relabel_wanted (item_id, at, tell)
    SELECT p.item_id, max(n.at), 0 FROM unnest(?, ?) AS n (anchor, at)
    JOIN face_track t ON t.anchor = n.anchor JOIN process p ON p.result_id = t.result_id GROUP BY p.item_id
    ON CONFLICT (item_id) DO UPDATE SET tell = relabel_wanted.tell)sql"
};
constexpr Sql kWantFacesSql{
    .sqlite = R"sql(
    INSERT INTO relabel_wanted (item_id, at, tell)
    SELECT DISTINCT p.item_id, ?2, 0 FROM face_track t JOIN process p ON p.result_id = t.result_id WHERE t.face = ?1
    ON CONFLICT (item_id) DO UPDATE SET tell = relabel_wanted.tell)sql",
    .postgres = R"sql(
    INSERT INTO relabel_wanted (item_id, at, tell)
    SELECT p.item_id, max(n.at), 0 FROM unnest(?, ?) AS n (face, at)
    JOIN face_track t ON t.face = n.face JOIN process p ON p.result_id = t.result_id GROUP BY p.item_id
    ON CONFLICT (item_id) DO UPDATE SET tell = relabel_wanted.tell)sql"
};
constexpr const char* kWantedSql = "SELECT item_id, tell FROM relabel_wanted ORDER BY at, item_id LIMIT ?";
constexpr const char* kRelabelledSql = "DELETE FROM relabel_wanted WHERE item_id = ?";

}  // namespace

Result<void> PeopleEditTable::WantRelabelled(const std::vector<PersonId>& people, bool tell, Timestamp now) {
    return connection_
        .ChangeFor(
            kWantPeopleSql,
            people,
            [&](const PersonId& id, Binder& binder) {
                binder.Bind(id);
                binder.Bind(now);
                binder.Bind(tell ? 1 : 0);
            }
        )
        .map([](int) {});
}

Result<void> PeopleEditTable::WantRelabelled(const std::vector<TrackId>& anchors, Timestamp now) {
    return connection_
        .ChangeFor(
            kWantTracksSql,
            anchors,
            [&](const TrackId& id, Binder& binder) {
                binder.Bind(id);
                binder.Bind(now);
            }
        )
        .map([](int) {});
}

Result<void> PeopleEditTable::WantRelabelled(const std::vector<std::int64_t>& faces, Timestamp now) {
    return connection_
        .ChangeFor(
            kWantFacesSql,
            faces,
            [&](std::int64_t face, Binder& binder) {
                binder.Bind(face);
                binder.Bind(now);
            }
        )
        .map([](int) {});
}

Result<std::vector<WantedItem>> PeopleEditTable::WantedRelabelled(int limit) const {
    return connection_.Select(
        kWantedSql,
        [](Row& row) {
            auto item = row.As<ItemId>();
            return WantedItem{.item = std::move(item), .tell = row.Bool()};
        },
        limit
    );
}

Result<void> PeopleEditTable::Relabelled(const ItemId& item) {
    return connection_.Change(kRelabelledSql, item).map([](int) {});
}

}  // namespace notify::sql
