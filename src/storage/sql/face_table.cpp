#include "storage/sql/face_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "storage/face_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/face_track_row.hpp"
#include "storage/sql/lists.hpp"
#include "storage/sql/sealed_embeddings.hpp"

namespace notify::sql {

namespace {

constexpr std::int64_t kRemovalsKept = 1'000'000;  // as the triggers keep them

constexpr const char* kLastSql = "SELECT last FROM face_state";
constexpr const char* kComparedSql = "SELECT compared, rules FROM face_state";
constexpr const char* kSetComparedSql = R"sql(
    UPDATE face_state SET compared = CASE WHEN compared < ?1 THEN ?1 ELSE compared END,
                          rules = CASE WHEN rules < ?2 THEN ?2 ELSE rules END)sql";
constexpr const char* kGroupedSql = "SELECT grouped FROM face_state";
constexpr const char* kSetGroupedSql = "UPDATE face_state SET grouped = ?";
constexpr const char* kStoredSql = "SELECT face, mean FROM face_track WHERE face > ? ORDER BY face LIMIT ?";
constexpr const char* kRemovedSql =
    "SELECT sequence, face FROM face_removed WHERE sequence > ? ORDER BY sequence LIMIT ?";

constexpr Sql kSeenSql{
    .sqlite = "SELECT * FROM seen_face WHERE face = ?",
    .postgres = "SELECT * FROM seen_face WHERE face IN (SELECT unnest(?))"
};
constexpr const char* kSeenInSql = "SELECT * FROM seen_face WHERE result_id = ? ORDER BY number";
constexpr const char* kSaidToBeSql = R"sql(
    SELECT * FROM seen_face
    WHERE face IN (SELECT t.face FROM person p JOIN track_verdict v ON v.person_id = p.id
                   JOIN face_track t ON t.id = v.anchor AND t.anchor = t.id
                   WHERE p.root = (SELECT root FROM person WHERE id = ?)
                   ORDER BY t.quality DESC, t.face LIMIT ?)
    ORDER BY quality DESC, face)sql";

constexpr const char* kWithoutPhotoSql = R"sql(
    SELECT r.id, q.id FROM person r JOIN person q ON q.root = r.id
    WHERE r.name IS NOT NULL AND r.merged_into IS NULL
      AND NOT EXISTS (SELECT 1 FROM person w JOIN enrolment_photo o ON o.person_id = w.id WHERE w.root = r.id))sql";
// not all faces of somebody who has ten thousand: of those that are kept the ones that came first
constexpr Sql kForPhotosSql{
    .sqlite = R"sql(
    SELECT ?1, t.quality, t.face, t.mean, m.embedding_model
    FROM (SELECT t.face, t.quality, t.mean, t.result_id
          FROM track_verdict v JOIN face_track t ON t.id = v.anchor AND t.anchor = t.id AND length(t.mean) > 0
          WHERE v.person_id = ?2 ORDER BY v.anchor LIMIT 300) AS t
    JOIN result m ON m.id = t.result_id
    ORDER BY t.quality DESC, t.face LIMIT ?3)sql",
    .postgres = R"sql(
    SELECT w.root, f.quality, f.face, f.mean, f.embedding_model
    FROM unnest(?1, ?2, ?3) AS w (root, member, most),
         LATERAL (SELECT t.quality, t.face, t.mean, m.embedding_model
                  FROM (SELECT t.face, t.quality, t.mean, t.result_id
                        FROM track_verdict v
                        JOIN face_track t ON t.id = v.anchor AND t.anchor = t.id AND length(t.mean) > 0
                        WHERE v.person_id = w.member ORDER BY v.anchor LIMIT 300) AS t
                  JOIN result m ON m.id = t.result_id
                  ORDER BY t.quality DESC, t.face LIMIT w.most) AS f)sql"
};
constexpr const char* kCountKeptSql = R"sql(
    SELECT count(*) FROM person p JOIN track_verdict v ON v.person_id = p.id
    WHERE p.root = ? AND EXISTS (SELECT 1 FROM face_track t WHERE t.anchor = v.anchor AND length(t.mean) > 0))sql";
constexpr const char* kWithoutNameSql = R"sql(
    SELECT r.id, CAST(sum(v.faces) AS BIGINT) AS faces
    FROM (SELECT person_id, count(*) AS faces FROM track_verdict GROUP BY person_id) AS v
    JOIN person p ON p.id = v.person_id JOIN person r ON r.id = p.root
    WHERE r.merged_into IS NULL AND r.name IS NULL AND r.hidden = 0
      AND EXISTS (SELECT 1 FROM track_verdict w JOIN face_track t ON t.anchor = w.anchor
                  WHERE w.person_id = p.id AND length(t.mean) > 0)
    GROUP BY r.id ORDER BY faces DESC, r.id LIMIT ?)sql";
constexpr Sql kItemsSql{
    .sqlite = R"sql(
    SELECT DISTINCT t.face, p.item_id FROM face_track t JOIN process p ON p.result_id = t.result_id
    WHERE t.face = ? ORDER BY p.item_id)sql",
    .postgres = R"sql(
    SELECT DISTINCT t.face, p.item_id FROM face_track t JOIN process p ON p.result_id = t.result_id
    WHERE t.face IN (SELECT unnest(?)) ORDER BY t.face, p.item_id)sql"
};

Result<std::optional<Embedding>> OpenMean(const SecretBox& box, const std::string& sealed) {
    return OpenEmbeddings(box, sealed).map([](const std::vector<Embedding>& means) {
        return means.empty() ? std::nullopt : std::optional(means.front());
    });
}

Result<FaceNews> ReadStored(Row& row, const SecretBox& box) {
    FaceNews news;
    news.face = row.Integer();
    news.sequence = news.face;
    auto mean = OpenMean(box, row.Bytes());
    if (!mean) {
        return Unexpected(mean.error());
    }
    news.mean = *mean;
    return news;
}

/// Of the columns of the view seen_face.
Result<SeenFace> ReadSeen(Row& row, const SecretBox& box) {
    SeenFace seen;
    seen.track = ReadTrackPlace(row);
    seen.track.quality = row.Real();
    seen.track.thumbnail = row.Text();
    seen.face = row.Integer();
    auto mean = OpenMean(box, row.Bytes());
    if (!mean) {
        return Unexpected(mean.error());
    }
    seen.track.mean = *mean;
    seen.verdict.person = row.As<PersonId>();
    static_cast<void>(row.Text());  // said_to_be: as it was said, before any merge
    seen.verdict.by_system = row.Bool();
    seen.verdict.nobody = row.Bool();
    if (const auto not_these = row.Text(); !not_these.empty()) {
        for (auto& id : ListFromText(not_these)) {
            seen.verdict.not_these.emplace(std::move(id));
        }
    }
    seen.shown_as = row.As<PersonId>();
    seen.is_named = row.Bool();
    seen.is_current = row.Bool();
    seen.model = row.Text();
    return seen;
}

}  // namespace

Result<std::int64_t> FaceTable::Number(const char* sql) const {
    return connection_.First(sql, [](Row& row) { return row.Integer(); }).map([](const auto& number) {
        return number.value_or(0);
    });
}

Result<std::int64_t> FaceTable::LastSequence() const {
    return Number(kLastSql);
}

Result<std::vector<FaceNews>> FaceTable::Stored(std::int64_t after, int limit) const {
    return connection_.Select(
                          kStoredSql, [this](Row& row) { return ReadStored(row, box_); }, after, limit
    )
        .and_then(AllOrError<FaceNews>);
}

Result<std::vector<FaceNews>> FaceTable::After(std::int64_t sequence, int limit) const {
    const auto last = LastSequence();
    if (!last || *last - sequence > kRemovalsKept) {
        return last ? Fail(ErrorCode::kNotFound, "what was removed since is not kept any more")
                    : Unexpected(last.error());
    }
    auto news = Stored(sequence, limit);
    const auto removed = connection_.Select(
        kRemovedSql,
        [](Row& row) {
            FaceNews gone;
            gone.sequence = row.Integer();
            gone.face = row.Integer();
            return gone;
        },
        sequence,
        limit
    );
    if (!news || !removed) {
        return news ? Unexpected(removed.error()) : std::move(news);
    }
    news->insert(news->end(), removed->begin(), removed->end());
    std::ranges::sort(*news, {}, &FaceNews::sequence);
    news->resize(std::min(news->size(), static_cast<std::size_t>(limit)));
    return news;
}

Result<std::vector<SeenFace>> FaceTable::Seen(const std::vector<std::int64_t>& faces) const {
    return connection_
        .SelectFor(kSeenSql, faces, kBindItself, [this](Row& row) { return ReadSeen(row, box_); })
        .and_then(AllOrError<SeenFace>);
}

Result<std::vector<SeenFace>> FaceTable::SeenIn(const ResultId& result) const {
    return connection_.Select(
                          kSeenInSql, [this](Row& row) { return ReadSeen(row, box_); }, result
    )
        .and_then(AllOrError<SeenFace>);
}

Result<std::vector<SeenFace>> FaceTable::SaidToBe(const PersonId& person, int limit) const {
    return connection_.Select(
                          kSaidToBeSql, [this](Row& row) { return ReadSeen(row, box_); }, person, limit
    )
        .and_then(AllOrError<SeenFace>);
}

Result<std::vector<FaceForPhoto>> FaceTable::ForPhotos(int limit) const {
    using Member = std::pair<PersonId, PersonId>;  // of a root

    struct Ranked {
        double quality = 0;
        std::int64_t face = 0;
        FaceForPhoto row;
    };

    const auto member = [](Row& row) {
        auto root = row.As<PersonId>();
        return Member(std::move(root), row.As<PersonId>());
    };
    const auto bind = [&](const Member& each, Binder& binder) {
        binder.BindAll(each.first, each.second, limit);
    };
    const auto read = [this](Row& row) -> Result<Ranked> {
        Ranked ranked{.row = {.person = row.As<PersonId>(), .mean = {}, .model = {}}};
        ranked.quality = row.Real();
        ranked.face = row.Integer();
        auto mean = OpenMean(box_, row.Bytes());
        if (!mean) {
            return Unexpected(mean.error());
        }
        ranked.row.mean = *mean;
        ranked.row.model = row.Text();
        return ranked;
    };
    return connection_.Select(kWithoutPhotoSql, member)
        .and_then([&](const std::vector<Member>& members) {
            return connection_.SelectFor(kForPhotosSql, members, bind, read);
        })
        .and_then(AllOrError<Ranked>)
        .map([&](std::vector<Ranked> all) {
            std::ranges::sort(all, {}, [](const Ranked& each) {
                return std::tuple(each.row.person, -each.quality, each.face);
            });
            std::vector<FaceForPhoto> best;
            std::map<PersonId, int> taken;
            for (auto& each : all) {
                if (taken[each.row.person]++ < limit) {
                    best.push_back(std::move(each.row));
                }
            }
            return best;
        });
}

Result<std::int64_t> FaceTable::CountKept(const PersonId& root) const {
    return connection_.First(
                          kCountKeptSql, [](Row& row) { return row.Integer(); }, root
    )
        .map([](std::optional<std::int64_t> count) { return count.value_or(0); });
}

Result<std::vector<std::pair<PersonId, std::int64_t>>> FaceTable::WithoutName(int limit) const {
    return connection_.Select(
        kWithoutNameSql,
        [](Row& row) {
            auto person = row.As<PersonId>();
            return std::pair(std::move(person), row.Integer());
        },
        limit
    );
}

Result<std::vector<std::pair<std::int64_t, ItemId>>> FaceTable::ItemsOf(
    const std::vector<std::int64_t>& faces
) const {
    return connection_.SelectFor(kItemsSql, faces, kBindItself, [](Row& row) {
        const auto face = row.Integer();
        return std::pair(face, row.As<ItemId>());
    });
}

Result<ComparedWith> FaceTable::Compared() const {
    return connection_
        .First(
            kComparedSql,
            [](Row& row) {
                const auto gallery = row.Integer();
                return ComparedWith{.gallery = gallery, .rules = row.Integer()};
            }
        )
        .map([](const auto& with) { return with.value_or(ComparedWith{}); });
}

Result<void> FaceTable::SetCompared(const ComparedWith& with) {
    return connection_.Change(kSetComparedSql, with.gallery, with.rules).map([](int) {});
}

Result<std::int64_t> FaceTable::GroupedUpTo() const {
    return Number(kGroupedSql);
}

Result<void> FaceTable::SetGroupedUpTo(std::int64_t face) {
    return connection_.Change(kSetGroupedSql, face).map([](int) {});
}

}  // namespace notify::sql
