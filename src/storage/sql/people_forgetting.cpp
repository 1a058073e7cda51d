// What is destroyed of people who are erased: PeopleEditTable.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/ids.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/people_edit_table.hpp"

namespace notify::sql {

namespace {

constexpr std::string_view kErasedPurpose = "erased person";
constexpr const char* kMarkSql =
    "INSERT INTO erased_mark (mark, at) VALUES (?, ?) ON CONFLICT (mark) DO NOTHING";
constexpr const char* kIsMarkedSql = "SELECT 1 FROM erased_mark WHERE mark = ?";
constexpr const char* kDestroyKeySql = "DELETE FROM person_key WHERE person_id = ?";
// whose a photo was that is nobody's now, only the subjects of edits tell: what these say may be erased
constexpr const char* kForgetPhotosSql = R"sql(
    DELETE FROM enrolment_photo
    WHERE person_id = ?1
       OR (person_id IS NULL AND id IN (
           SELECT s.subject FROM people_edit e JOIN people_edit_subject s ON s.sequence = e.sequence
           WHERE e.person_id = ?1))
    RETURNING sha256, crop_sha256)sql";
constexpr const char* kEnrolledAsSql = R"sql(
    SELECT e.person_id FROM enrolment_photo p JOIN people_edit_subject s ON s.subject = p.id
    JOIN people_edit e ON e.sequence = s.sequence
    WHERE p.id = ? AND p.person_id IS NULL AND e.kind = 'enrol' AND e.outcome = 'erased' LIMIT 1)sql";
constexpr const char* kForgetPhotoSql =
    "DELETE FROM enrolment_photo WHERE id = ? RETURNING sha256, crop_sha256";
constexpr const char* kEmptyEditsSql = R"sql(
    UPDATE people_edit SET said = NULL, outcome = 'erased', note = ''
    WHERE (person_id = ?1 OR (other_id = ?1 AND kind = 'merge')) AND kind <> 'erase')sql";
constexpr const char* kForgetNamesSql = R"sql(
    DELETE FROM people_edit_subject
    WHERE subject LIKE 'name:%' AND sequence IN (SELECT sequence FROM people_edit WHERE person_id = ?))sql";

/// By what a photo that is gone is known.
struct ForgottenPhoto {
    std::string sha256;
    std::string crop_sha256;
};

ForgottenPhoto ReadForgotten(Row& row) {
    return {.sha256 = row.Text(), .crop_sha256 = row.Text()};
}

}  // namespace

Result<std::vector<std::string>> PeopleEditTable::Forget(const std::vector<PersonId>& people, Timestamp now) {
    std::vector<std::string> crops;
    for (const auto& person : people) {
        const auto name = NameOf(person);
        const auto photos =
            !name ? Unexpected(name.error()) : connection_.Select(kForgetPhotosSql, ReadForgotten, person);
        if (!photos) {
            return Unexpected(photos.error());
        }
        std::set<std::string> known_by;
        if (!name->empty()) {
            known_by.insert(*name);
        }
        for (const auto& photo : *photos) {
            known_by.insert(photo.sha256);
            crops.push_back(photo.crop_sha256);
        }
        for (const auto& each : known_by) {
            if (auto marked = Mark(each, now); !marked) {
                return Unexpected(marked.error());
            }
        }
        for (const auto* sql : {kForgetNamesSql, kEmptyEditsSql, kDestroyKeySql}) {
            if (auto done = connection_.Change(sql, person); !done) {
                return Unexpected(done.error());
            }
        }
    }
    return crops;
}

Result<void> PeopleEditTable::Mark(std::string_view name_or_photo, Timestamp now) {
    return connection_.Change(kMarkSql, box_.Mark(name_or_photo, kErasedPurpose), now).map([](int) {});
}

Result<std::vector<std::string>> PeopleEditTable::ForgetPhotos(
    const std::vector<PhotoId>& photos, Timestamp now
) {
    std::vector<std::string> crops;
    for (const auto& photo : photos) {
        auto gone = connection_.First(kForgetPhotoSql, ReadForgotten, photo);
        if (!gone) {
            return Unexpected(gone.error());
        }
        if (*gone) {
            crops.push_back((*gone)->crop_sha256);
            if (auto marked = Mark((*gone)->sha256, now); !marked) {
                return Unexpected(marked.error());
            }
        }
    }
    return crops;
}

Result<std::vector<StrayPhoto>> PeopleEditTable::ForgetStrays(
    const std::vector<PhotoId>& photos, Timestamp now
) {
    std::vector<StrayPhoto> forgotten;
    for (const auto& photo : photos) {
        const auto person =
            connection_.First(kEnrolledAsSql, [](Row& row) { return row.As<PersonId>(); }, photo);
        const auto crops = person && *person
                               ? ForgetPhotos({photo}, now)
                               : person.map([](const auto&) { return std::vector<std::string>(); });
        if (!crops) {
            return Unexpected(crops.error());
        }
        for (const auto& crop : *crops) {
            forgotten.push_back({.photo = photo, .person = **person, .crop_sha256 = crop});
        }
    }
    return forgotten;
}

Result<bool> PeopleEditTable::WasForgotten(std::string_view name_or_photo) const {
    return connection_
        .First(
            kIsMarkedSql, [](Row& row) { return row.Bool(); }, box_.Mark(name_or_photo, kErasedPurpose)
        )
        .map([](std::optional<bool> marked) { return marked.value_or(false); });
}

}  // namespace notify::sql
