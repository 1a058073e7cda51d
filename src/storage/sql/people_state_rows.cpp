// The projection's rows: PeopleEditTable's second half.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/people_state.hpp"
#include "domain/person.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/face_track_row.hpp"
#include "storage/sql/lists.hpp"
#include "storage/sql/people_edit_table.hpp"
#include "storage/sql/person_row.hpp"

namespace notify::sql {

namespace {

constexpr const char* kGroupSql = R"sql(
    SELECT id, name, created_at, hidden, merged_into, root, consent FROM person
    WHERE root = (SELECT root FROM person WHERE id = ?))sql";
constexpr const char* kNamedSql = R"sql(
    SELECT id, name, created_at, hidden, merged_into, root, consent FROM person
    WHERE root = (SELECT id FROM person WHERE name = ? AND merged_into IS NULL))sql";
constexpr const char* kOwnerSql =
    "SELECT person_id FROM enrolment_photo WHERE id = ? AND person_id IS NOT NULL";
constexpr const char* kOwnedSql = R"sql(
    SELECT o.id, o.person_id FROM enrolment_photo o JOIN person p ON p.id = o.person_id
    WHERE p.root = (SELECT root FROM person WHERE id = ?))sql";
constexpr const char* kVerdictSql =
    "SELECT anchor, person_id, by_system, nobody, not_these FROM track_verdict WHERE anchor = ?";
constexpr const char* kVerdictsOfSql = R"sql(
    SELECT v.anchor, v.person_id, v.by_system, v.nobody, v.not_these
    FROM track_verdict v JOIN person p ON p.id = v.person_id
    WHERE p.root = (SELECT root FROM person WHERE id = ?))sql";
constexpr const char* kSaidToBeSql = R"sql(
    SELECT v.anchor FROM track_verdict v JOIN person p ON p.id = v.person_id
    WHERE p.root = (SELECT root FROM person WHERE id = ?) ORDER BY v.anchor)sql";
constexpr const char* kNotTheseSql = R"sql(
    SELECT anchor, person_id, by_system, nobody, not_these FROM track_verdict WHERE not_these LIKE ?)sql";
constexpr const char* kPutPersonSql = R"sql(
    INSERT INTO person (id, name, hidden, merged_into, root, consent, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, hidden = excluded.hidden,
        merged_into = excluded.merged_into, root = excluded.root, consent = excluded.consent,
        created_at = excluded.created_at)sql";
constexpr const char* kFreeNameSql = "UPDATE person SET name = NULL WHERE id = ?";
constexpr const char* kRemovePersonSql = "DELETE FROM person WHERE id = ?";
constexpr const char* kGivePhotoSql = "UPDATE enrolment_photo SET person_id = ? WHERE id = ?";
constexpr const char* kPutVerdictSql = R"sql(
    INSERT INTO track_verdict (anchor, person_id, by_system, nobody, not_these) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (anchor) DO UPDATE SET person_id = excluded.person_id, by_system = excluded.by_system,
        nobody = excluded.nobody, not_these = excluded.not_these)sql";
constexpr const char* kRemoveVerdictSql = "DELETE FROM track_verdict WHERE anchor = ?";
constexpr const char* kAllPeopleSql =
    "SELECT id, name, created_at, hidden, merged_into, root, consent FROM person ORDER BY id";
constexpr const char* kAllOwnersSql =
    "SELECT id, person_id FROM enrolment_photo WHERE person_id IS NOT NULL ORDER BY id";
constexpr const char* kAllVerdictsSql =
    "SELECT anchor, person_id, by_system, nobody, not_these FROM track_verdict ORDER BY anchor";
constexpr Sql kVerdictsSql{
    .sqlite = "SELECT anchor, person_id, by_system, nobody, not_these FROM track_verdict WHERE anchor = ?",
    .postgres = R"sql(
    SELECT anchor, person_id, by_system, nobody, not_these FROM track_verdict WHERE anchor IN (SELECT unnest(?)))sql"
};
constexpr const char* kJudgedSql = R"sql(
    SELECT t.id, t.anchor, t.result_id, t.number, t.link, t.start_ms, t.end_ms, t.best_shot_ms, t.box_x, t.box_y,
           t.box_width, t.box_height
    FROM face_track t JOIN track_verdict v ON v.anchor = t.anchor
    WHERE t.result_id IN (SELECT result_id FROM process WHERE item_id = ?) ORDER BY t.id)sql";
constexpr const char* kTracksInSql = "SELECT tracks FROM appearance WHERE id = ?";
constexpr const char* kAnchorSql = "SELECT anchor FROM face_track WHERE id = ?";

std::pair<TrackId, TrackVerdict> ReadVerdict(Row& row) {
    std::pair<TrackId, TrackVerdict> read;
    read.first = row.As<TrackId>();
    read.second.person = row.As<PersonId>();
    read.second.by_system = row.Bool();
    read.second.nobody = row.Bool();
    for (auto& id : ListFromText(row.Text())) {
        read.second.not_these.emplace(std::move(id));
    }
    return read;
}

std::string NotThese(const TrackVerdict& verdict) {
    std::vector<std::string> ids;
    ids.reserve(verdict.not_these.size());
    for (const auto& id : verdict.not_these) {
        ids.push_back(id.Value());
    }
    return ListToText(ids);
}

/// Reads rows into a state.
class StateReader {
public:
    explicit StateReader(Connection& connection) : connection_(connection) {}

    template <class... Values>
    Result<void> People(const char* sql, const Values&... values) {
        return connection_.Select(sql, ReadPerson, values...).map([&](std::vector<Person> people) {
            for (auto& person : people) {
                const auto id = person.id;
                state_.people[id] = std::move(person);
            }
        });
    }

    template <class... Values>
    Result<void> Photos(const char* sql, const Values&... values) {
        return connection_
            .Select(
                sql,
                [](Row& row) {
                    auto photo = row.As<PhotoId>();
                    return std::pair(std::move(photo), row.As<PersonId>());
                },
                values...
            )
            .map([&](const std::vector<std::pair<PhotoId, PersonId>>& rows) {
                state_.photos.insert(rows.begin(), rows.end());
            });
    }

    template <class... Values>
    Result<void> Verdicts(const char* sql, const Values&... values) {
        return connection_.Select(sql, ReadVerdict, values...).map([&](const auto& rows) {
            state_.tracks.insert(rows.begin(), rows.end());
        });
    }

    Result<void> Owner(const PhotoId& photo) {
        return connection_.First(
                              kOwnerSql, [](Row& row) { return row.As<PersonId>(); }, photo
        )
            .map([&](const std::optional<PersonId>& owner) {
                if (owner) {
                    state_.photos[photo] = *owner;
                }
            });
    }

    /// What one edit reads or changes.
    Result<void> For(const PeopleEdit& edit) {
        auto done = People(kGroupSql, edit.person).and_then([&] { return People(kGroupSql, edit.other); });
        if (done && !edit.name.empty()) {
            done = People(kNamedSql, edit.name);
        }
        for (auto photo = edit.photos.begin(); done && photo != edit.photos.end(); ++photo) {
            done = Owner(*photo);
        }
        for (auto track = edit.tracks.begin(); done && track != edit.tracks.end(); ++track) {
            done = Verdicts(kVerdictSql, *track);
        }
        return done && edit.kind == EditKind::kErase ? AllOf(edit.person) : done;
    }

    [[nodiscard]] PeopleState& State() { return state_; }

private:
    /// All that is said of a person: what an erasure takes away.
    Result<void> AllOf(const PersonId& person) {
        auto done = Photos(kOwnedSql, person).and_then([&] { return Verdicts(kVerdictsOfSql, person); });
        const auto group = state_.people;
        for (auto each = group.begin(); done && each != group.end(); ++each) {
            done = Verdicts(kNotTheseSql, fmt::format("%\"{}\"%", each->first.Value()));
        }
        return done;
    }

    Connection& connection_;
    PeopleState state_;
};

/// Those of `of` that `than` has not, or has otherwise.
template <class Map>
Map Differing(const Map& of, const Map& than) {
    Map differing;
    for (const auto& [key, value] : of) {
        const auto other = than.find(key);
        if (other == than.end() || other->second != value) {
            differing.emplace(key, value);
        }
    }
    return differing;
}

/// The keys of `of` that `than` has not.
template <class Map>
std::vector<typename Map::key_type> Missing(const Map& of, const Map& than) {
    std::vector<typename Map::key_type> missing;
    for (const auto& [key, value] : of) {
        if (!than.contains(key)) {
            missing.push_back(key);
        }
    }
    return missing;
}

}  // namespace

Result<PeopleState> PeopleEditTable::StateFor(const std::vector<PeopleEdit>& edits) const {
    StateReader reader(connection_);
    for (const auto& edit : edits) {
        if (auto read = reader.For(edit); !read) {
            return Unexpected(read.error());
        }
    }
    return std::move(reader.State());
}

Result<std::map<TrackId, TrackVerdict>> PeopleEditTable::VerdictsOf(
    const std::vector<TrackId>& anchors
) const {
    return connection_.SelectFor(kVerdictsSql, anchors, kBindItself, ReadVerdict).map([](const auto& rows) {
        return std::map<TrackId, TrackVerdict>(rows.begin(), rows.end());
    });
}

Result<std::vector<TrackId>> PeopleEditTable::AnchorsIn(const std::vector<AppearanceId>& appearances) const {
    std::vector<TrackId> tracks;
    for (const auto& id : appearances) {
        const auto texts = connection_.First(kTracksInSql, [](Row& row) { return row.Text(); }, id);
        if (!texts || !*texts) {
            return texts ? Fail(ErrorCode::kNotFound, fmt::format("there is no appearance {}", id.Value()))
                         : Unexpected(texts.error());
        }
        for (auto& text : ListFromText(**texts)) {
            tracks.emplace_back(std::move(text));
        }
    }
    return AnchorsOf(tracks);
}

Result<std::vector<TrackId>> PeopleEditTable::AnchorsOf(const std::vector<TrackId>& tracks) const {
    std::set<TrackId> anchors;
    for (const auto& id : tracks) {
        const auto anchor = connection_.First(kAnchorSql, [](Row& row) { return row.As<TrackId>(); }, id);
        if (!anchor || !*anchor) {
            return anchor ? Fail(ErrorCode::kNotFound, fmt::format("there is no track {}", id.Value()))
                          : Unexpected(anchor.error());
        }
        anchors.insert(**anchor);
    }
    return std::vector<TrackId>(anchors.begin(), anchors.end());
}

Result<std::vector<TrackId>> PeopleEditTable::AnchorsSaidToBe(const PersonId& person) const {
    return connection_.Select(kSaidToBeSql, [](Row& row) { return row.As<TrackId>(); }, person);
}

Result<std::vector<FaceTrack>> PeopleEditTable::JudgedTracks(const ItemId& item) const {
    return connection_.Select(kJudgedSql, ReadTrackPlace, item);
}

Result<void> PeopleEditTable::Change(const PeopleState& before, const PeopleState& after) {
    Result<int> done = 0;
    const auto change = [&](const char* sql, const auto&... values) {
        done = done.and_then([&](int) { return connection_.Change(sql, values...); });
    };
    const auto people = Differing(after.people, before.people);
    for (const auto& [id, person] : people) {
        change(kFreeNameSql, id);  // two may change names
    }
    const auto gone = Missing(before.people, after.people);
    for (const auto& id : gone) {
        change(kFreeNameSql, id);
    }
    for (const auto& [id, person] : people) {
        change(
            kPutPersonSql,
            id,
            NullIfEmpty{person.name},
            person.hidden ? 1 : 0,
            NullIfEmpty{person.merged_into.Value()},
            person.root,
            person.consent,
            person.created_at
        );
    }
    for (const auto& [photo, owner] : Differing(after.photos, before.photos)) {
        change(kGivePhotoSql, owner, photo);
    }
    for (const auto& photo : Missing(before.photos, after.photos)) {
        change(kGivePhotoSql, NullIfEmpty{}, photo);
    }
    for (const auto& [anchor, verdict] : Differing(after.tracks, before.tracks)) {
        change(
            kPutVerdictSql,
            anchor,
            verdict.person,
            verdict.by_system ? 1 : 0,
            verdict.nobody ? 1 : 0,
            NotThese(verdict)
        );
    }
    for (const auto& anchor : Missing(before.tracks, after.tracks)) {
        change(kRemoveVerdictSql, anchor);
    }
    for (const auto& id : gone) {
        change(kRemovePersonSql, id);
    }
    return done.map([](int) {});
}

Result<std::string> PeopleEditTable::StateText() const {
    StateReader reader(connection_);
    const auto read =
        reader.People(kAllPeopleSql).and_then([&] { return reader.Photos(kAllOwnersSql); }).and_then([&] {
            return reader.Verdicts(kAllVerdictsSql);
        });
    if (!read) {
        return Unexpected(read.error());
    }
    std::string text;
    for (const auto& [id, p] : reader.State().people) {
        text += fmt::format(
            "person {} '{}' {} {} {} '{}' {}\n",
            id.Value(),
            p.name,
            p.hidden,
            p.merged_into.Value(),
            p.root.Value(),
            p.consent,
            ToMillis(p.created_at)
        );
    }
    for (const auto& [photo, owner] : reader.State().photos) {
        text += fmt::format("photo {} {}\n", photo.Value(), owner.Value());
    }
    for (const auto& [anchor, verdict] : reader.State().tracks) {
        text += fmt::format(
            "track {} {} {} {} {}\n",
            anchor.Value(),
            verdict.person.Value(),
            verdict.by_system,
            verdict.nobody,
            NotThese(verdict)
        );
    }
    return text;
}

}  // namespace notify::sql
