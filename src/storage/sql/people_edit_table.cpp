#include "storage/sql/people_edit_table.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/ids.hpp"
#include "domain/named.hpp"
#include "domain/people_edit.hpp"
#include "storage/sql/connection.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr std::string_view kKeyPurpose = "person.key";
constexpr std::string_view kSaidPurpose = "people.edit";
constexpr std::string_view kNamePurpose = "person.name";

constexpr const char* kBeginSql = "UPDATE gallery_version SET version = version + 1";
constexpr const char* kAppendSql = R"sql(
    INSERT INTO people_edit (id, at, actor, kind, person_id, other_id, said, undoes, outcome, note)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING sequence)sql";
constexpr const char* kAddSubjectSql =
    "INSERT INTO people_edit_subject (subject, sequence) VALUES (?, ?) ON CONFLICT (subject, sequence) DO "
    "NOTHING";
constexpr const char* kSubjectsOfUndoneSql = R"sql(
    INSERT INTO people_edit_subject (subject, sequence)
    SELECT s.subject, ?2 FROM people_edit_subject s JOIN people_edit e ON e.sequence = s.sequence WHERE e.id = ?1)sql";
constexpr const char* kGetSql = R"sql(
    SELECT sequence, id, at, actor, kind, person_id, other_id, said, undoes, outcome, note
    FROM people_edit WHERE id = ?)sql";
constexpr const char* kListSql = R"sql(
    SELECT sequence, id, at, actor, kind, person_id, other_id, said, undoes, outcome, note
    FROM people_edit WHERE (?1 = 0 OR sequence < ?1) ORDER BY sequence DESC LIMIT ?2)sql";
constexpr const char* kListOfPersonSql = R"sql(
    SELECT sequence, id, at, actor, kind, person_id, other_id, said, undoes, outcome, note
    FROM people_edit
    WHERE (?1 = 0 OR sequence < ?1)
      AND sequence IN (SELECT sequence FROM people_edit_subject
                       WHERE subject = ?3 OR subject IN (SELECT id FROM person WHERE root = ?3))
    ORDER BY sequence DESC LIMIT ?2)sql";
constexpr const char* kSequenceSql = "SELECT sequence FROM people_edit WHERE id = ?";
constexpr Sql kSubjectsSql{
    .sqlite = "SELECT subject FROM people_edit_subject WHERE sequence = ?",
    .postgres = "SELECT DISTINCT subject FROM people_edit_subject WHERE sequence IN (SELECT unnest(?))"
};
constexpr Sql kWithSubjectSql{
    .sqlite = "SELECT sequence FROM people_edit_subject WHERE subject = ?",
    .postgres = "SELECT DISTINCT sequence FROM people_edit_subject WHERE subject IN (SELECT unnest(?))"
};
constexpr Sql kEditsSql{
    .sqlite = R"sql(
    SELECT sequence, id, at, actor, kind, person_id, other_id, said, undoes, outcome, note
    FROM people_edit WHERE sequence = ?)sql",
    .postgres = R"sql(
    SELECT sequence, id, at, actor, kind, person_id, other_id, said, undoes, outcome, note
    FROM people_edit WHERE sequence IN (SELECT unnest(?)) ORDER BY sequence)sql"
};
constexpr const char* kSetOutcomeSql = "UPDATE people_edit SET outcome = ?, note = ? WHERE id = ?";
constexpr const char* kKeySql = "SELECT key FROM person_key WHERE person_id = ?";
constexpr const char* kAddKeySql = "INSERT INTO person_key (person_id, key) VALUES (?, ?)";
constexpr const char* kNameSql = "SELECT name FROM person WHERE id = ?";
constexpr const char* kSaidOfSql = R"sql(
    SELECT sequence, id, at, actor, kind, person_id, other_id, said, undoes, outcome, note
    FROM people_edit WHERE person_id = ? ORDER BY sequence DESC)sql";

/// Those that were not among `all` and are now; each once.
template <class Value>
std::vector<Value> Added(std::set<Value>& all, std::vector<Value> found) {
    std::vector<Value> added;
    for (auto& value : found) {
        if (all.insert(value).second) {
            added.push_back(std::move(value));
        }
    }
    return added;
}

/// A row, and what it says as it is kept.
struct EditRow {
    PeopleEdit edit;
    std::string said;
};

EditRow ReadEdit(Row& row) {
    EditRow read;
    auto& edit = read.edit;
    edit.sequence = row.Integer();
    edit.id = row.As<EditId>();
    edit.at = row.Time();
    edit.actor = row.Text();
    edit.kind = Named<EditKind>(kEditKindWords, row.Text()).value_or(EditKind::kUndo);
    edit.person = row.As<PersonId>();
    edit.other = row.As<PersonId>();
    read.said = row.Bytes();
    edit.undoes = row.As<EditId>();
    edit.outcome = Named<EditOutcome>(kEditOutcomeWords, row.Text()).value_or(EditOutcome::kErased);
    edit.note = row.Text();
    return read;
}

template <class Ids>
boost::json::array TextsOf(const Ids& ids) {
    boost::json::array texts;
    for (const auto& id : ids) {
        texts.emplace_back(id.Value());
    }
    return texts;
}

template <class Id>
std::vector<Id> IdsIn(const boost::json::value& said, std::string_view member) {
    std::vector<Id> ids;
    for (const auto& text : said.at(member).as_array()) {
        ids.emplace_back(std::string(text.as_string()));
    }
    return ids;
}

std::string SaidBy(const PeopleEdit& edit) {
    return ToJsonText(
        boost::json::object{
            {"name", edit.name},
            {"text", edit.text},
            {"photos", TextsOf(edit.photos)},
            {"tracks", TextsOf(edit.tracks)}
        }
    );
}

Result<void> ReadSaid(PeopleEdit& edit, std::string_view text) {
    return ParseJson(text).map([&](const boost::json::value& said) {
        edit.name = std::string(said.at("name").as_string());
        edit.text = std::string(said.at("text").as_string());
        edit.photos = IdsIn<PhotoId>(said, "photos");
        edit.tracks = IdsIn<TrackId>(said, "tracks");
    });
}

/// The key of a person; nothing when there is none.
Result<std::optional<SecretBox>> KeyOf(Connection& connection, const SecretBox& box, const PersonId& person) {
    auto sealed = connection.First(kKeySql, [](Row& row) { return row.Bytes(); }, person);
    if (!sealed || !*sealed) {
        return sealed.map([](const auto&) { return std::optional<SecretBox>(); });
    }
    return box.Open(**sealed, kKeyPurpose)
        .and_then([](std::string key) { return SecretBox::WithKey(std::move(key)); })
        .map([](SecretBox own) { return std::optional<SecretBox>(std::move(own)); });
}

/// As KeyOf; made when there is none.
Result<SecretBox> OwnKeyOf(Connection& connection, const SecretBox& box, const PersonId& person) {
    auto there = KeyOf(connection, box, person);
    if (!there || *there) {
        return there.map([](std::optional<SecretBox> own) { return std::move(*own); });
    }
    auto key = SecretBox::FreshKey();
    return connection.Change(kAddKeySql, person, Blob{box.Seal(key, kKeyPurpose)}).and_then([&](int) {
        return SecretBox::WithKey(std::move(key));
    });
}

Result<std::string> Sealed(Connection& connection, const SecretBox& box, const PeopleEdit& edit) {
    if (edit.person.IsEmpty() || edit.kind == EditKind::kErase) {
        return box.Seal(SaidBy(edit), kSaidPurpose);
    }
    return OwnKeyOf(connection, box, edit.person).map([&](const SecretBox& own) {
        return own.Seal(SaidBy(edit), kSaidPurpose);
    });
}

/// What the rows say; nothing of those whose key is destroyed.
Result<std::vector<PeopleEdit>> Opened(
    Connection& connection, const SecretBox& box, std::vector<EditRow> rows
) {
    std::map<PersonId, std::optional<SecretBox>> keys{{PersonId(), box}};
    std::vector<PeopleEdit> edits;
    for (auto& [edit, said] : rows) {
        auto key = keys.find(edit.person);
        if (key == keys.end()) {
            auto own = KeyOf(connection, box, edit.person);
            if (!own) {
                return Unexpected(own.error());
            }
            key = keys.emplace(edit.person, std::move(*own)).first;
        }
        if (!said.empty() && key->second && edit.kind != EditKind::kErase) {
            const auto read =
                key->second->Open(said, kSaidPurpose).and_then([&, &to = edit](const auto& text) {
                    return ReadSaid(to, text);
                });
            if (!read) {
                return Unexpected(read.error().Within(fmt::format("edit {}", edit.id.Value())));
            }
        }
        edits.push_back(std::move(edit));
    }
    return edits;
}

std::set<std::string> SubjectsOf(const PeopleEdit& edit, const SecretBox& box) {
    std::set<std::string> subjects;
    const auto add = [&](const auto& id) {
        if (!id.IsEmpty()) {
            subjects.insert(id.Value());
        }
    };
    add(edit.person);
    add(edit.other);
    std::ranges::for_each(edit.photos, add);
    std::ranges::for_each(edit.tracks, add);
    if (!edit.name.empty()) {
        subjects.insert("name:" + box.Mark(edit.name, kNamePurpose));
    }
    return subjects;
}

std::int64_t SequenceIn(std::string_view cursor) {
    std::int64_t sequence = 0;
    std::from_chars(std::to_address(cursor.begin()), std::to_address(cursor.end()), sequence);
    return sequence;
}

}  // namespace

Result<void> PeopleEditTable::Begin() {
    return connection_.Change(kBeginSql).map([](int) {});
}

Result<void> PeopleEditTable::Append(const PeopleEdit& edit) {
    const auto said = Sealed(connection_, box_, edit);
    if (!said) {
        return Unexpected(said.error());
    }
    const auto sequence = connection_.First(
        kAppendSql,
        [](Row& row) { return row.Integer(); },
        edit.id,
        edit.at,
        edit.actor,
        ToString(edit.kind),
        edit.person,
        edit.other,
        Blob{*said},
        edit.undoes,
        ToString(edit.outcome),
        edit.note
    );
    if (!sequence) {
        return Unexpected(sequence.error());
    }
    for (const auto& subject : SubjectsOf(edit, box_)) {
        if (auto added = connection_.Change(kAddSubjectSql, subject, sequence->value_or(0)); !added) {
            return Unexpected(added.error());
        }
    }
    return edit.undoes.IsEmpty()
               ? Result<void>{}
               : connection_.Change(kSubjectsOfUndoneSql, edit.undoes, sequence->value_or(0)).map([](int) {});
}

Result<PeopleEdit> PeopleEditTable::Get(const EditId& id) const {
    return connection_.Select(kGetSql, ReadEdit, id)
        .and_then([&](std::vector<EditRow> rows) { return Opened(connection_, box_, std::move(rows)); })
        .and_then([&](std::vector<PeopleEdit> edits) {
            return edits.empty() ? Fail(ErrorCode::kNotFound, fmt::format("there is no edit {}", id.Value()))
                                 : Result<PeopleEdit>(std::move(edits.front()));
        });
}

Result<Page<PeopleEdit>> PeopleEditTable::List(const PersonId& person, const PageRequest& page) const {
    const int limit = std::clamp(page.limit, 1, 200);
    const auto before = SequenceIn(page.after);
    auto rows = person.IsEmpty() ? connection_.Select(kListSql, ReadEdit, before, limit + 1)
                                 : connection_.Select(kListOfPersonSql, ReadEdit, before, limit + 1, person);
    if (!rows) {
        return Unexpected(rows.error());
    }
    return Opened(connection_, box_, std::move(*rows)).map([&](std::vector<PeopleEdit> edits) {
        Page<PeopleEdit> found{.rows = std::move(edits), .next = {}};
        if (found.rows.size() > static_cast<std::size_t>(limit)) {
            found.rows.pop_back();
            found.next = std::to_string(found.rows.back().sequence);
        }
        return found;
    });
}

/// From the edit to its subjects, from these to their edits, and so on: each is looked at once.
Result<std::vector<PeopleEdit>> PeopleEditTable::World(const EditId& id) const {
    const auto number = [](Row& row) { return row.Integer(); };
    auto found = connection_.Select(kSequenceSql, number, id);
    std::set<std::int64_t> edits;
    std::set<std::string> subjects;
    while (found && !found->empty()) {
        const auto fresh = Added(edits, *std::move(found));
        auto of_these =
            connection_.SelectFor(kSubjectsSql, fresh, kBindItself, [](Row& row) { return row.Text(); });
        found = of_these ? connection_.SelectFor(
                               kWithSubjectSql, Added(subjects, *std::move(of_these)), kBindItself, number
                           )
                         : Unexpected(of_these.error());
        if (found) {
            std::erase_if(*found, [&](std::int64_t edit) { return edits.contains(edit); });
        }
    }
    if (!found) {
        return Unexpected(found.error());
    }
    return connection_.SelectFor(kEditsSql, std::vector(edits.begin(), edits.end()), kBindItself, ReadEdit)
        .and_then([&](std::vector<EditRow> rows) { return Opened(connection_, box_, std::move(rows)); });
}

Result<void> PeopleEditTable::SetOutcome(const PeopleEdit& edit) {
    return connection_.Change(kSetOutcomeSql, ToString(edit.outcome), edit.note, edit.id).map([](int) {});
}

Result<bool> PeopleEditTable::HasEditsOf(const PersonId& person) const {
    return connection_.First(
                          kKeySql, [](Row& row) { return row.Bytes(); }, person
    )
        .map([](const std::optional<std::string>& key) { return key.has_value(); });
}

Result<std::string> PeopleEditTable::NameOf(const PersonId& person) const {
    const auto name = connection_.First(kNameSql, [](Row& row) { return row.Text(); }, person);
    if (!name || *name) {
        return name.map([](const std::optional<std::string>& text) { return text.value_or(""); });
    }
    return connection_.Select(kSaidOfSql, ReadEdit, person)
        .and_then([&](std::vector<EditRow> rows) { return Opened(connection_, box_, std::move(rows)); })
        .map([](const std::vector<PeopleEdit>& edits) {
            const auto named =
                std::ranges::find_if(edits, [](const PeopleEdit& edit) { return !edit.name.empty(); });
            return named != edits.end() ? named->name : std::string();
        });
}

}  // namespace notify::sql
