#include "storage/sql/people_table.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/face_track_row.hpp"
#include "storage/sql/person_row.hpp"
#include "storage/sql/sealed_embeddings.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr const char* kGetSql =
    "SELECT id, name, created_at, hidden, merged_into, root, consent FROM person WHERE id = ?";
constexpr const char* kFindSql = R"sql(
    SELECT r.id, r.name, r.created_at, r.hidden, r.merged_into, r.root, r.consent
    FROM person p JOIN person r ON r.id = p.root
    WHERE p.id = ?1 OR p.name = ?1
    ORDER BY CASE WHEN p.id = ?1 THEN 0 WHEN p.merged_into IS NULL THEN 1 ELSE 2 END, p.id LIMIT 1)sql";
constexpr const char* kListSql = R"sql(
    SELECT id, name, created_at, hidden, merged_into, root, consent FROM person
    ORDER BY name IS NULL, name, id)sql";
constexpr const char* kNamedRootsSql = R"sql(
    SELECT id, name, created_at, hidden, merged_into, root, consent FROM person
    WHERE merged_into IS NULL AND name IS NOT NULL AND name > ?1 ORDER BY name LIMIT ?2)sql";
constexpr const char* kUnnamedRootsSql = R"sql(
    SELECT id, name, created_at, hidden, merged_into, root, consent FROM person
    WHERE merged_into IS NULL AND name IS NULL AND id > ?1 ORDER BY id LIMIT ?2)sql";
constexpr const char* kMergedSql = "SELECT id FROM person WHERE root = ?1 AND id <> ?1 ORDER BY id";
constexpr const char* kAddPhotoSql = R"sql(
    INSERT INTO enrolment_photo (id, person_id, file_name, sha256, embedding, model, box_x, box_y, box_width,
                                 box_height, quality, crop_sha256, created_at)
    VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kAllPhotosSql = R"sql(
    SELECT id, person_id, file_name, sha256, embedding, model, box_x, box_y, box_width, box_height, quality,
           crop_sha256, created_at
    FROM enrolment_photo WHERE person_id IS NOT NULL ORDER BY person_id, id)sql";
constexpr const char* kPhotosSql = R"sql(
    SELECT id, person_id, file_name, sha256, embedding, model, box_x, box_y, box_width, box_height, quality,
           crop_sha256, created_at
    FROM enrolment_photo
    WHERE person_id IN (SELECT id FROM person WHERE root = (SELECT root FROM person WHERE id = ?))
    ORDER BY person_id, id)sql";
constexpr const char* kVersionSql = "SELECT version FROM gallery_version";
constexpr Sql kHoldVersionSql{
    .sqlite = "SELECT version FROM gallery_version",
    .postgres = "SELECT version FROM gallery_version FOR SHARE"
};
constexpr const char* kAddTrackSql = R"sql(
    INSERT INTO face_track (id, anchor, result_id, number, link, start_ms, end_ms, best_shot_ms, box_x, box_y, box_width,
                            box_height, quality, shots, thumbnail, face, mean)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (result_id, number) DO NOTHING)sql";
constexpr const char* kLastFaceSql = "SELECT last FROM face_state";
constexpr const char* kSetLastFaceSql = "UPDATE face_state SET last = ?";
constexpr const char* kTracksSql = R"sql(
    SELECT id, anchor, result_id, number, link, start_ms, end_ms, best_shot_ms, box_x, box_y, box_width, box_height, quality,
           shots, thumbnail, mean
    FROM face_track WHERE result_id = ? ORDER BY number)sql";

Box ReadBox(Row& row) {
    return {.x = row.Real(), .y = row.Real(), .width = row.Real(), .height = row.Real()};
}

Result<EnrolmentPhoto> ReadPhoto(Row& row, const SecretBox& box) {
    EnrolmentPhoto photo;
    photo.id = row.As<PhotoId>();
    photo.person_id = row.As<PersonId>();
    photo.file_name = row.Text();
    photo.sha256 = row.Text();
    const auto embeddings = OpenEmbeddings(box, row.Bytes());
    if (!embeddings || embeddings->size() != 1) {
        return embeddings ? Fail(ErrorCode::kInternal, "a photo has not one embedding")
                          : Unexpected(embeddings.error());
    }
    photo.embedding = embeddings->front();
    photo.model = row.Text();
    photo.box = ReadBox(row);
    photo.quality = row.Real();
    photo.crop_sha256 = row.Text();
    photo.created_at = row.Time();
    return photo;
}

Result<FaceTrack> ReadTrack(Row& row, const SecretBox& box) {
    auto track = ReadTrackPlace(row);
    track.quality = row.Real();
    auto shots = OpenEmbeddings(box, row.Bytes());
    if (!shots) {
        return Unexpected(shots.error());
    }
    track.shots = std::move(*shots);
    track.thumbnail = row.Text();
    auto mean = OpenEmbeddings(box, row.Bytes());
    if (!mean) {
        return Unexpected(mean.error());
    }
    if (!mean->empty()) {
        track.mean = mean->front();
    }
    return track;
}

// cursors of Roots: the last name in hexadecimal, or the last id of those without one
constexpr char kNamed = 'n';
constexpr char kUnnamed = 'u';

/// After which name, or after which id of those without one, a list goes on.
struct RootPlace {
    bool named = true;
    std::string after;
};

Result<RootPlace> RootPlaceOf(const std::string& cursor) {
    if (cursor.empty()) {
        return RootPlace();
    }
    if (cursor.front() == kUnnamed) {
        return RootPlace{.named = false, .after = cursor.substr(1)};
    }
    const auto name = FromHex(std::string_view(cursor).substr(1));
    return cursor.front() == kNamed && name
               ? Result<RootPlace>(RootPlace{.named = true, .after = *name})
               : Fail(ErrorCode::kInvalidArgument, "after must be as an answer of the service gave it");
}

std::string CursorAfter(const Person& person) {
    return person.name.empty() ? kUnnamed + person.id.Value() : kNamed + ToHex(person.name);
}

}  // namespace

Result<Person> PeopleTable::Get(const PersonId& id) const {
    return connection_.First(kGetSql, ReadPerson, id).and_then([&](std::optional<Person> person) {
        return person ? Result<Person>(std::move(*person))
                      : Fail(ErrorCode::kNotFound, fmt::format("there is no person {}", id.Value()));
    });
}

Result<Person> PeopleTable::Find(std::string_view id_or_name) const {
    return connection_.First(kFindSql, ReadPerson, id_or_name).and_then([&](std::optional<Person> person) {
        return person ? Result<Person>(std::move(*person))
                      : Fail(ErrorCode::kNotFound, fmt::format("there is no person '{}'", id_or_name));
    });
}

Result<std::vector<Person>> PeopleTable::List() const {
    return connection_.Select(kListSql, ReadPerson);
}

Result<Page<Person>> PeopleTable::Roots(const PageRequest& page) const {
    const auto place = RootPlaceOf(page.after);
    if (!place) {
        return Unexpected(place.error());
    }
    const int limit = std::clamp(page.limit, 1, 200);
    auto rows = place->named ? connection_.Select(kNamedRootsSql, ReadPerson, place->after, limit + 1)
                             : Result<std::vector<Person>>();
    if (rows && std::cmp_less_equal(rows->size(), limit)) {
        const auto left = limit + 1 - static_cast<int>(rows->size());
        const auto after = place->named ? std::string() : place->after;
        auto unnamed = connection_.Select(kUnnamedRootsSql, ReadPerson, after, left);
        if (!unnamed) {
            return Unexpected(unnamed.error());
        }
        std::ranges::move(*unnamed, std::back_inserter(*rows));
    }
    return rows.map([&](std::vector<Person> people) {
        Page<Person> found{.rows = std::move(people), .next = {}};
        if (std::cmp_greater(found.rows.size(), limit)) {
            found.rows.pop_back();
            found.next = CursorAfter(found.rows.back());
        }
        return found;
    });
}

Result<std::vector<PersonId>> PeopleTable::MergedInto(const PersonId& root) const {
    return connection_.Select(kMergedSql, [](Row& row) { return row.As<PersonId>(); }, root);
}

Result<void> PeopleTable::AddPhoto(const EnrolmentPhoto& photo) {
    return connection_
        .Change(
            kAddPhotoSql,
            photo.id,
            photo.file_name,
            photo.sha256,
            Blob{SealEmbeddings(box_, &photo.embedding, 1)},
            photo.model,
            photo.box.x,
            photo.box.y,
            photo.box.width,
            photo.box.height,
            photo.quality,
            photo.crop_sha256,
            photo.created_at
        )
        .map([](int) {});
}

Result<std::vector<EnrolmentPhoto>> PeopleTable::PhotosOf(const PersonId& id) const {
    return connection_.Select(
                          kPhotosSql, [this](Row& row) { return ReadPhoto(row, box_); }, id
    )
        .and_then(AllOrError<EnrolmentPhoto>);
}

Result<std::vector<EnrolmentPhoto>> PeopleTable::AllPhotos() const {
    return connection_.Select(
                          kAllPhotosSql, [this](Row& row) { return ReadPhoto(row, box_); }
    ).and_then(AllOrError<EnrolmentPhoto>);
}

Result<std::int64_t> PeopleTable::GalleryVersion() const {
    return connection_.First(
                          kVersionSql, [](Row& row) { return row.Integer(); }
    ).map([](std::optional<std::int64_t> version) { return version.value_or(0); });
}

Result<std::int64_t> PeopleTable::HoldGalleryVersion() {
    return connection_.First(
                          kHoldVersionSql, [](Row& row) { return row.Integer(); }
    ).map([](std::optional<std::int64_t> version) { return version.value_or(0); });
}

Result<void> PeopleTable::AddTracks(const std::vector<FaceTrack>& tracks) {
    const auto last = connection_.First(kLastFaceSql, [](Row& row) { return row.Integer(); });
    if (!last || !*last) {
        return last ? Fail(ErrorCode::kInternal, "faces are not counted") : Unexpected(last.error());
    }
    auto face = **last;
    for (const auto& t : tracks) {
        auto added = connection_.Change(
            kAddTrackSql,
            t.id,
            t.anchor.IsEmpty() ? t.id : t.anchor,
            t.result_id,
            t.number,
            t.link,
            t.start_ms,
            t.end_ms,
            t.best_shot_ms,
            t.best_box.x,
            t.best_box.y,
            t.best_box.width,
            t.best_box.height,
            t.quality,
            Blob{SealEmbeddings(box_, t.shots.data(), t.shots.size())},
            t.thumbnail,
            face + 1,
            Blob{SealEmbeddings(box_, t.mean ? &*t.mean : nullptr, t.mean ? 1 : 0)}
        );
        if (!added) {
            return Unexpected(added.error());
        }
        face += *added;  // a number without a face would be news that is not there
    }
    return connection_.Change(kSetLastFaceSql, face).map([](int) {});
}

Result<std::vector<FaceTrack>> PeopleTable::TracksOf(const ResultId& result) const {
    return connection_.Select(
                          kTracksSql, [this](Row& row) { return ReadTrack(row, box_); }, result
    )
        .and_then(AllOrError<FaceTrack>);
}

}  // namespace notify::sql
