#include "storage/sql/erasure_table.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"

namespace notify::sql {

namespace {

// an embedding that was removed is no bytes at all, one of a face that cannot be recognised is sealed nothing
constexpr const char* kSaidSql = R"sql(
    SELECT t.id FROM track_verdict v JOIN face_track t ON t.anchor = v.anchor WHERE v.person_id = ?)sql";
constexpr const char* kFollowedSql = R"sql(
    SELECT DISTINCT s.id FROM appearance a JOIN process p ON p.item_id = a.item_id JOIN seen_face s ON s.result_id = p.result_id
    WHERE a.person_id = ? AND NOT s.is_current)sql";
constexpr const char* kShownSql = "SELECT tracks FROM appearance WHERE person_id = ?";
constexpr const char* kOnceShownSql = "SELECT track_id FROM once_shown WHERE person_id = ?";
constexpr const char* kForgetOnceShownSql = "DELETE FROM once_shown WHERE track_id = ?";
constexpr const char* kItemsSql = "SELECT DISTINCT item_id FROM appearance WHERE person_id = ?";
constexpr const char* kWantSql = R"sql(
    INSERT INTO emptied_result (result_id, erasure_id) SELECT result_id, ?2 FROM face_track WHERE id = ?1
    ON CONFLICT (result_id, erasure_id) DO NOTHING)sql";
constexpr Sql kEmptySql{
    .sqlite =
        "UPDATE face_track SET shots = x'', mean = x'', thumbnail = '' WHERE id = ? AND length(mean) > 0",
    .postgres =
        "UPDATE face_track SET shots = '', mean = '', thumbnail = '' WHERE id = ? AND length(mean) > 0"
};
constexpr const char* kFacesSql = R"sql(
    SELECT s.face, s.id, r.id, r.created_at, s.is_named, length(s.mean) = 0
    FROM seen_face s JOIN result r ON r.id = s.result_id WHERE s.face > ? ORDER BY s.face LIMIT ?)sql";
constexpr const char* kAddSql = R"sql(
    INSERT INTO erasure (id, at, actor, people, strays, photos, faces, items) VALUES (?, ?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kListSql = R"sql(
    SELECT id, at, actor, people, strays, photos, faces, items, done_at FROM erasure ORDER BY at, id)sql";
constexpr const char* kOpenSql = "SELECT 1 FROM erasure WHERE done_at IS NULL LIMIT 1";
constexpr const char* kWantedSql = "SELECT DISTINCT result_id FROM emptied_result ORDER BY result_id LIMIT ?";
constexpr const char* kEmptiedSql = "DELETE FROM emptied_result WHERE result_id = ?";
constexpr const char* kEndSql = R"sql(
    UPDATE erasure SET done_at = ?
    WHERE done_at IS NULL AND NOT EXISTS (SELECT 1 FROM emptied_result e WHERE e.erasure_id = erasure.id))sql";

Erasure ReadErasure(Row& row) {
    Erasure erasure;
    erasure.id = row.As<EditId>();
    erasure.at = row.Time();
    erasure.actor = row.Text();
    for (auto& person : ListFromText(row.Text())) {
        erasure.people.emplace_back(std::move(person));
    }
    for (auto& photo : ListFromText(row.Text())) {
        erasure.strays.emplace_back(std::move(photo));
    }
    erasure.photos = row.Integer();
    erasure.faces = row.Integer();
    erasure.items = row.Integer();
    erasure.done_at = row.OptionalTime();
    return erasure;
}

}  // namespace

Result<std::vector<TrackId>> ErasureTable::FacesOf(const std::vector<PersonId>& people) const {
    std::set<TrackId> faces;
    for (const auto& person : people) {
        for (const auto* sql : {kSaidSql, kFollowedSql, kOnceShownSql}) {
            const auto found = connection_.Select(sql, [](Row& row) { return row.As<TrackId>(); }, person);
            if (!found) {
                return Unexpected(found.error());
            }
            faces.insert(found->begin(), found->end());
        }
        const auto shown = connection_.Select(kShownSql, [](Row& row) { return row.Text(); }, person);
        if (!shown) {
            return Unexpected(shown.error());
        }
        for (const auto& tracks : *shown) {
            for (auto& track : ListFromText(tracks)) {
                faces.emplace(std::move(track));
            }
        }
    }
    return std::vector<TrackId>(faces.begin(), faces.end());
}

Result<std::int64_t> ErasureTable::CountItems(const std::vector<PersonId>& people) const {
    std::set<std::string> items;
    for (const auto& person : people) {
        const auto seen = connection_.Select(kItemsSql, [](Row& row) { return row.Text(); }, person);
        if (!seen) {
            return Unexpected(seen.error());
        }
        items.insert(seen->begin(), seen->end());
    }
    return static_cast<std::int64_t>(items.size());
}

Result<int> ErasureTable::EmptyFaces(const std::vector<TrackId>& tracks, const EditId& erasure) {
    int emptied = 0;
    for (const auto& track : tracks) {
        auto changed = connection_.Change(kForgetOnceShownSql, track).and_then([&](int) {
            return connection_.Change(kEmptySql, track);
        });
        if (!changed) {
            return changed;
        }
        if (*changed > 0) {
            if (auto wanted = connection_.Change(kWantSql, track, erasure); !wanted) {
                return wanted;
            }
        }
        emptied += *changed;
    }
    return emptied;
}

Result<std::vector<AgedFace>> ErasureTable::Faces(std::int64_t after, int limit) const {
    return connection_.Select(
        kFacesSql,
        [](Row& row) {
            AgedFace stored;
            stored.face = row.Integer();
            stored.track = row.As<TrackId>();
            stored.result = row.As<ResultId>();
            stored.stored_at = row.Time();
            stored.is_named = row.Bool();
            stored.is_empty = row.Bool();
            return stored;
        },
        after,
        limit
    );
}

Result<void> ErasureTable::Add(const Erasure& erasure) {
    const auto values = [](const auto& ids) {
        std::vector<std::string> texts;
        texts.reserve(ids.size());
        for (const auto& id : ids) {
            texts.push_back(id.Value());
        }
        return texts;
    };
    return connection_
        .Change(
            kAddSql,
            erasure.id,
            erasure.at,
            erasure.actor,
            ListToText(values(erasure.people)),
            ListToText(values(erasure.strays)),
            erasure.photos,
            erasure.faces,
            erasure.items
        )
        .map([](int) {});
}

Result<std::vector<Erasure>> ErasureTable::List() const {
    return connection_.Select(kListSql, ReadErasure);
}

Result<bool> ErasureTable::HasOpen() const {
    return connection_.First(kOpenSql, [](Row& row) { return row.Integer(); }).map([](const auto& open) {
        return open.has_value();
    });
}

Result<std::vector<ResultId>> ErasureTable::WantedEmptied(int limit) const {
    return connection_.Select(kWantedSql, [](Row& row) { return row.As<ResultId>(); }, limit);
}

Result<void> ErasureTable::Emptied(const ResultId& result) {
    return connection_.Change(kEmptiedSql, result).map([](int) {});
}

Result<int> ErasureTable::End(Timestamp now) {
    return connection_.Change(kEndSql, now);
}

}  // namespace notify::sql
