#include "storage/sql/event_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/parts.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "storage/event_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"

namespace notify::sql {

namespace {

constexpr Sql kAppendAllSql{
    .sqlite = R"sql(
    INSERT INTO event (id, type, subject, dedup_key, at, data) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING)sql",
    .postgres = R"sql(
    INSERT INTO event (id, type, subject, dedup_key, at, data) SELECT * FROM unnest(?, ?, ?, ?, ?, ?)
    ON CONFLICT (dedup_key) WHERE dedup_key IS NOT NULL DO NOTHING)sql"
};
constexpr Sql kThereSql{
    .sqlite = "SELECT id FROM event WHERE id = ?",
    .postgres = "SELECT id FROM event WHERE id IN (SELECT unnest(?))"
};
constexpr const char* kWantingSql = "SELECT id, types, origins FROM endpoint WHERE active = 1";
constexpr const char* kPlaceSql = R"sql(
    SELECT id, source_id FROM bucket WHERE id = ?1 OR id = (SELECT bucket_id FROM item WHERE id = ?2))sql";
constexpr Sql kAddDeliveriesSql{
    .sqlite = R"sql(
    INSERT INTO delivery (id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence,
                          lease_owner, last_error, created_at)
    VALUES (?1, 'webhook', ?2, ?3, '', 'Pending', 0, ?4, 0, '', '', ?4))sql",
    .postgres = R"sql(
    INSERT INTO delivery (id, kind, event_id, endpoint_id, publication_id, status, attempt, next_attempt_at, fence,
                          lease_owner, last_error, created_at)
    SELECT id, 'webhook', event_id, endpoint_id, '', 'Pending', 0, at, 0, '', '', at
    FROM unnest(?1, ?2, ?3, ?4) AS n (id, event_id, endpoint_id, at))sql"
};
constexpr const char* kGetSql =
    "SELECT sequence, id, type, subject, dedup_key, at, data FROM event WHERE id = ?";
constexpr const char* kAfterSql = R"sql(
    SELECT sequence, id, type, subject, dedup_key, at, data FROM event
    WHERE sequence > ? ORDER BY sequence LIMIT ?)sql";
constexpr const char* kAfterOfSubjectSql = R"sql(
    SELECT sequence, id, type, subject, dedup_key, at, data FROM event
    WHERE subject = ? AND sequence > ? ORDER BY sequence LIMIT ?)sql";
// the oldest by sequence are the oldest by time: no more than the first few that may go are looked at
constexpr const char* kRemoveOldSql = R"sql(
    DELETE FROM event WHERE sequence IN (
        SELECT sequence FROM (
            SELECT sequence, at FROM event e
            WHERE NOT EXISTS (SELECT 1 FROM delivery d
                              WHERE d.event_id = e.id AND d.status IN ('Pending', 'Processing'))
            ORDER BY sequence LIMIT ?2) AS oldest
        WHERE at < ?1)
    RETURNING sequence)sql";
constexpr const char* kSetRemovedSql = "UPDATE event_state SET removed = ?1 WHERE removed < ?1";
constexpr const char* kRemovedSql = "SELECT removed FROM event_state";
constexpr const char* kCountOldSql = R"sql(
    SELECT count(*) FROM event e
    WHERE sequence < coalesce((SELECT sequence FROM event WHERE at >= ?1 ORDER BY sequence LIMIT 1),
                              9223372036854775807)
      AND NOT EXISTS (SELECT 1 FROM delivery d
                      WHERE d.event_id = e.id AND d.status IN ('Pending', 'Processing')))sql";
constexpr std::size_t kForgottenAtOnce = 1000;
constexpr const char* kNamingSql = R"sql(
    SELECT sequence FROM event
    WHERE sequence > ? AND (type LIKE 'item.%' OR type = 'person.named') AND instr(data, ?) > 0)sql";
constexpr Sql kDataSql{
    .sqlite = "SELECT sequence, data FROM event WHERE sequence = ?",
    .postgres = "SELECT sequence, data FROM event WHERE sequence IN (SELECT unnest(?))"
};
constexpr Sql kSetDataSql{
    .sqlite = "UPDATE event SET data = ?1 WHERE sequence = ?2",
    .postgres =
        "UPDATE event SET data = n.data FROM unnest(?1, ?2) AS n (data, sequence) WHERE event.sequence = "
        "n.sequence"
};
constexpr Sql kForgetAnswersSql{
    .sqlite = R"sql(
    UPDATE delivery_attempt SET response = x''
    WHERE delivery_id IN (
        SELECT d.id FROM event e JOIN delivery d ON d.event_id = e.id WHERE e.sequence = ?))sql",
    .postgres = R"sql(
    UPDATE delivery_attempt SET response = ''::bytea
    WHERE delivery_id IN (
        SELECT d.id FROM event e JOIN delivery d ON d.event_id = e.id WHERE e.sequence IN (SELECT unnest(?))))sql"
};
constexpr const char* kForgetKeptAnswersSql = "DELETE FROM kept_answer WHERE instr(body, ?) > 0";
constexpr const char* kLastSql = "SELECT coalesce(max(sequence), 0) FROM event";

Event ReadEvent(Row& row) {
    Event event;
    event.sequence = row.Integer();
    event.id = row.As<EventId>();
    event.type = row.Text();
    event.subject = row.Text();
    event.dedup_key = row.Text();
    event.at = row.Time();
    event.data = row.Text();
    return event;
}

/// When what is said is of the person.
void TakeNameOut(boost::json::value& said, const PersonId& person) {
    auto* const one = said.if_object();
    const auto* const id = one == nullptr ? nullptr : one->if_contains("person");
    if (id != nullptr && id->is_string() && std::string_view(id->get_string()) == person.Value()) {
        one->stable_erase("name");
    }
}

/// The event's data without the person's name; as it is when it is none of ours.
std::string WithoutName(const std::string& data, const PersonId& person) {
    auto json = ParseJson(data);
    if (!json || !json->is_object()) {
        return data;
    }
    TakeNameOut(*json, person);
    auto* const people = json->get_object().if_contains("people");
    if (people != nullptr && people->is_array()) {
        for (auto& each : people->get_array()) {
            TakeNameOut(each, person);
        }
    }
    return ToJsonText(*json);
}

struct Wanting {
    EndpointId id;
    std::vector<std::string> types;
    EventOrigins only;
};

/// An event to an endpoint.
struct Delivery {
    std::string id;
    const Event* event;
    const EndpointId* endpoint;
};

}  // namespace

Result<bool> EventTable::Append(const Event& event) {
    return AddAll({event}).map([](const std::set<EventId>& added) { return !added.empty(); });
}

Result<void> EventTable::AppendAll(const std::vector<Event>& events) {
    return AddAll(events).map([](const auto&) {});
}

/// With the bucket of the item that it is about and that bucket's source, where the data does not say.
Result<EventFacts> EventTable::WholeFactsOf(const Event& event) const {
    auto facts = FactsOf(event);
    const auto place = connection_.First(
        kPlaceSql,
        [](Row& row) {
            auto bucket = row.Text();
            return std::pair(std::move(bucket), row.Text());
        },
        facts.bucket,
        event.subject
    );
    if (!place) {
        return Unexpected(place.error());
    }
    if (*place) {
        std::tie(facts.bucket, facts.source) = **place;
    }
    return facts;
}

namespace {

/// Of events that were appended the ids of those that are there now: as many as `count`.
Result<std::vector<EventId>> ThoseThere(Connection& connection, const std::vector<Event>& events, int count) {
    std::vector<EventId> ids;
    ids.reserve(events.size());
    for (const auto& event : events) {
        ids.push_back(event.id);
    }
    return std::cmp_equal(count, ids.size())
               ? Result<std::vector<EventId>>(std::move(ids))
               : connection.SelectFor(kThereSql, ids, kBindItself, [](Row& row) {
                     return row.As<EventId>();
                 });
}

}  // namespace

/// Which of them were not there, with their deliveries.
Result<std::set<EventId>> EventTable::AddAll(const std::vector<Event>& events) {
    const auto bind = [](const Event& event, Binder& binder) {
        binder.BindAll(
            event.id, event.type, event.subject, NullIfEmpty{event.dedup_key}, event.at, event.data
        );
    };
    const auto count = connection_.ChangeFor(kAppendAllSql, events, bind);
    if (!count || *count == 0) {
        return count.map([](int) { return std::set<EventId>(); });
    }
    const auto there = ThoseThere(connection_, events, *count);
    const auto endpoints = connection_.Select(kWantingSql, [](Row& row) {
        auto id = row.As<EndpointId>();
        auto types = ListFromText(row.Text());
        return Wanting{.id = std::move(id), .types = std::move(types), .only = OriginsFromText(row.Text())};
    });
    if (!endpoints || !there) {
        return Unexpected(endpoints ? there.error() : endpoints.error());
    }
    std::set<EventId> added(there->begin(), there->end());
    const bool facts_matter = std::ranges::any_of(*endpoints, [](const Wanting& endpoint) {
        return endpoint.only != EventOrigins();
    });
    std::vector<Delivery> deliveries;
    for (const auto& event : events) {
        if (event.type == "endpoint.test" || !added.contains(event.id)) {
            continue;
        }
        const auto facts = facts_matter ? WholeFactsOf(event) : Result<EventFacts>(EventFacts());
        if (!facts) {
            return Unexpected(facts.error());
        }
        for (const auto& endpoint : *endpoints) {
            if (WantsType(endpoint.types, event.type) && IsAbout(*facts, endpoint.only)) {
                deliveries.push_back({.id = MakeId("dlv"), .event = &event, .endpoint = &endpoint.id});
            }
        }
    }
    const auto bind_delivery = [](const Delivery& delivery, Binder& binder) {
        binder.BindAll(delivery.id, delivery.event->id, *delivery.endpoint, delivery.event->at);
    };
    return connection_.ChangeFor(kAddDeliveriesSql, deliveries, bind_delivery).map([&](int) {
        return std::move(added);
    });
}

Result<Event> EventTable::Get(const EventId& id) const {
    return connection_.First(kGetSql, ReadEvent, id).and_then([&](std::optional<Event> event) {
        return event ? Result<Event>(std::move(*event))
                     : Fail(ErrorCode::kNotFound, fmt::format("there is no event {}", id.Value()));
    });
}

Result<std::vector<Event>> EventTable::After(
    std::int64_t sequence, int limit, std::string_view subject
) const {
    return subject.empty() ? connection_.Select(kAfterSql, ReadEvent, sequence, limit)
                           : connection_.Select(kAfterOfSubjectSql, ReadEvent, subject, sequence, limit);
}

Result<std::vector<std::int64_t>> EventTable::Naming(const PersonId& person, std::int64_t sequence) const {
    return connection_.Select(kNamingSql, [](Row& row) { return row.Integer(); }, sequence, person);
}

Result<int> EventTable::ForgetName(const PersonId& person, const ToldUntil& told) {
    const auto since = connection_.Change(kForgetKeptAnswersSql, person).and_then([&](int) {
        return Naming(person, told.until);
    });
    if (!since) {
        return Unexpected(since.error());
    }
    std::set<std::int64_t> naming(told.events.begin(), told.events.end());
    naming.insert(since->begin(), since->end());
    int forgotten = 0;
    const std::vector<std::int64_t> all(naming.begin(), naming.end());
    return ForEachPart(
               all, kForgottenAtOnce, [&](const std::vector<std::int64_t>& some) {
                   return ForgetNameIn(person, some).map([&](int count) { forgotten += count; });
               }
    ).map([&] { return forgotten; });
}

/// Those that are old by now may be gone.
Result<int> EventTable::ForgetNameIn(const PersonId& person, const std::vector<std::int64_t>& events) {
    using Told = std::pair<std::int64_t, std::string>;
    const auto read = [&](Row& row) {
        const auto sequence = row.Integer();
        return Told(sequence, WithoutName(row.Text(), person));
    };
    const auto told = connection_.SelectFor(kDataSql, events, kBindItself, read);
    if (!told) {
        return Unexpected(told.error());
    }
    const auto bind = [](const Told& each, Binder& binder) { binder.BindAll(each.second, each.first); };
    return connection_.ChangeFor(kForgetAnswersSql, events, kBindItself).and_then([&](int) {
        return connection_.ChangeFor(kSetDataSql, *told, bind);
    });
}

Result<int> EventTable::RemoveOld(Timestamp before, int limit) {
    const auto removed =
        connection_.Select(kRemoveOldSql, [](Row& row) { return row.Integer(); }, before, limit);
    if (!removed || removed->empty()) {
        return removed.map([](const auto&) { return 0; });
    }
    return connection_.Change(kSetRemovedSql, *std::ranges::max_element(*removed)).map([&](int) {
        return static_cast<int>(removed->size());
    });
}

Result<std::int64_t> EventTable::CountOld(Timestamp before) const {
    return connection_.First(
                          kCountOldSql, [](Row& row) { return row.Integer(); }, before
    )
        .map([](std::optional<std::int64_t> count) { return count.value_or(0); });
}

Result<std::int64_t> EventTable::LastSequence() const {
    return connection_.First(
                          kLastSql, [](Row& row) { return row.Integer(); }
    ).map([](std::optional<std::int64_t> last) { return last.value_or(0); });
}

Result<std::int64_t> EventTable::LastRemoved() const {
    return connection_.First(
                          kRemovedSql, [](Row& row) { return row.Integer(); }
    ).map([](std::optional<std::int64_t> removed) { return removed.value_or(0); });
}

}  // namespace notify::sql
