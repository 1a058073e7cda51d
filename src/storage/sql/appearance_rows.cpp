// Appearances: PeopleTable's second half.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "storage/people_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"
#include "storage/sql/people_table.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr const char* kClearAppearancesSql = "DELETE FROM appearance WHERE item_id = ? AND result_id = ?";
constexpr const char* kAddAppearanceSql = R"sql(
    INSERT INTO appearance (id, item_id, result_id, person_id, certainty, by_user, start_ms, end_ms, similarity, distance,
                            probability, best_shot_ms, box_x, box_y, box_width, box_height, tracks, rate_numerator,
                            rate_denominator, start_timecode_frames, drop_frame)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
constexpr Sql kWithAppearancesSql{
    .sqlite = "SELECT item_id FROM appearance WHERE item_id = ? LIMIT 1",
    .postgres = "SELECT DISTINCT item_id FROM appearance WHERE item_id IN (SELECT unnest(?))"
};
constexpr const char* kShownAsSql =
    "SELECT person_id, tracks FROM appearance WHERE item_id = ? AND result_id = ?";
constexpr const char* kAddOnceShownSql =
    "INSERT INTO once_shown (person_id, track_id) VALUES (?, ?) ON CONFLICT (person_id, track_id) DO NOTHING";
constexpr const char* kTogetherSql = R"sql(
    SELECT 1 FROM appearance a JOIN appearance w ON w.result_id = a.result_id
                                                AND w.start_ms <= a.end_ms AND w.end_ms >= a.start_ms
    WHERE a.person_id IN (SELECT id FROM person WHERE root = ?1)
      AND w.person_id IN (SELECT id FROM person WHERE root = ?2) LIMIT 1)sql";

/// What is filtered by, one condition of it in place of `by`, so that its index is used.
std::string AppearancesBy(std::string_view any, std::string_view by) {
    std::string sql = R"sql(
    SELECT a.id, a.item_id, a.result_id, r.id, r.name, a.certainty, a.by_user, a.start_ms, a.end_ms, a.similarity,
           a.distance, a.probability, a.best_shot_ms, a.box_x, a.box_y, a.box_width, a.box_height, a.tracks, a.rate_numerator,
           a.rate_denominator, a.start_timecode_frames, a.drop_frame
    FROM appearance a JOIN person p ON p.id = a.person_id JOIN person r ON r.id = p.root
    WHERE (?1 = '' OR a.item_id = ?1)
      AND (?2 = '' OR a.person_id IN (SELECT id FROM person WHERE root = ?2))
      AND (?7 = 0 OR (r.name IS NOT NULL AND r.hidden = 0))
      AND (?8 = '' OR EXISTS (SELECT 1 FROM appearance w
                              WHERE w.item_id = a.item_id AND w.start_ms <= a.end_ms AND w.end_ms >= a.start_ms
                                AND w.person_id IN (SELECT id FROM person WHERE root = ?8)))
      AND (?9 = 0 OR (a.certainty = 'possible' AND a.by_user = 0))
      AND ((?10 = '' AND ?11 = 0 AND ?12 = 0)
           OR EXISTS (SELECT 1 FROM item i
                      WHERE i.id = a.item_id AND (?10 = '' OR i.bucket_id = ?10) AND i.discovered_at >= ?11
                        AND (?12 = 0 OR i.discovered_at < ?12)))
      AND (?3 = '' OR (a.item_id, a.start_ms, a.id) > (?3, ?4, ?5))
    ORDER BY a.item_id, a.start_ms, a.id LIMIT ?6)sql";
    const auto at = sql.find(any);
    return at == std::string::npos ? sql : sql.replace(at, any.size(), by);
}

const std::string& AppearancesSql(const AppearanceFilter& filter) {
    static const auto all = AppearancesBy("", "");
    static const auto of_item = AppearancesBy("(?1 = '' OR a.item_id = ?1)", "a.item_id = ?1");
    static const auto of_person = AppearancesBy(
        "(?2 = '' OR a.person_id IN (SELECT id FROM person WHERE root = ?2))",
        "a.person_id IN (SELECT id FROM person WHERE root = ?2)"
    );
    return !filter.item_id.IsEmpty() ? of_item : !filter.person_id.IsEmpty() ? of_person : all;
}

constexpr const char* kGetAppearanceSql = R"sql(
    SELECT a.id, a.item_id, a.result_id, r.id, r.name, a.certainty, a.by_user, a.start_ms, a.end_ms, a.similarity,
           a.distance, a.probability, a.best_shot_ms, a.box_x, a.box_y, a.box_width, a.box_height, a.tracks, a.rate_numerator,
           a.rate_denominator, a.start_timecode_frames, a.drop_frame
    FROM appearance a JOIN person p ON p.id = a.person_id JOIN person r ON r.id = p.root
    WHERE a.id = ?)sql";

/// Where a page of appearances ended, so that the next one goes on there even if its rows were replaced
/// meanwhile: "<start>:<id>:<item>".
struct Cursor {
    std::string item_id;
    std::int64_t start_ms = 0;
    std::string id;
};

Cursor CursorFrom(std::string_view text) {
    Cursor cursor;
    const auto first = text.find(':');
    const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
    if (second == std::string_view::npos) {
        return cursor;
    }
    const auto start = text.substr(0, first);
    std::from_chars(std::to_address(start.begin()), std::to_address(start.end()), cursor.start_ms);
    cursor.id = text.substr(first + 1, second - first - 1);
    cursor.item_id = text.substr(second + 1);
    return cursor;
}

std::string CursorText(const Appearance& last) {
    return fmt::format("{}:{}:{}", last.start_ms, last.id.Value(), last.item_id.Value());
}

Appearance ReadAppearance(Row& row) {
    Appearance a;
    a.id = row.As<AppearanceId>();
    a.item_id = row.As<ItemId>();
    a.result_id = row.As<ResultId>();
    a.person_id = row.As<PersonId>();
    a.person_name = row.Text();
    a.certainty = CertaintyFrom(row.Text()).value_or(Certainty::kPossible);
    a.by_user = row.Bool();
    a.start_ms = row.Integer();
    a.end_ms = row.Integer();
    a.similarity = row.Real();
    a.distance = row.Real();
    a.probability = row.Real();
    a.best_shot_ms = row.Integer();
    a.box = {.x = row.Real(), .y = row.Real(), .width = row.Real(), .height = row.Real()};
    for (auto& id : ListFromText(row.Text())) {
        a.tracks.emplace_back(std::move(id));
    }
    a.timebase.rate = {.numerator = row.Integer(), .denominator = row.Integer()};
    a.timebase.start = row.Integer();
    a.timebase.drop_frame = row.Integer() != 0;
    return a;
}

std::string TracksText(const std::vector<TrackId>& tracks) {
    std::vector<std::string> texts;
    texts.reserve(tracks.size());
    for (const auto& id : tracks) {
        texts.push_back(id.Value());
    }
    return ListToText(texts);
}

}  // namespace

Result<void> PeopleTable::ReplaceAppearances(
    const ItemId& item, const ResultId& result, const std::vector<Appearance>& appearances
) {
    if (auto cleared = connection_.Change(kClearAppearancesSql, item, result); !cleared) {
        return Unexpected(cleared.error());
    }
    for (const auto& a : appearances) {
        auto added = connection_.Change(
            kAddAppearanceSql,
            a.id,
            item,
            result,
            a.person_id,
            ToString(a.certainty),
            a.by_user ? 1 : 0,
            a.start_ms,
            a.end_ms,
            a.similarity,
            a.distance,
            a.probability,
            a.best_shot_ms,
            a.box.x,
            a.box.y,
            a.box.width,
            a.box.height,
            TracksText(a.tracks),
            a.timebase.rate.numerator,
            a.timebase.rate.denominator,
            a.timebase.start,
            a.timebase.drop_frame ? 1 : 0
        );
        if (!added) {
            return Unexpected(added.error());
        }
    }
    return {};
}

Result<void> PeopleTable::RetireAppearances(const ItemId& item, const ResultId& result) {
    const auto shown = connection_.Select(
        kShownAsSql,
        [](Row& row) {
            auto person = row.As<PersonId>();
            return std::pair(std::move(person), ListFromText(row.Text()));
        },
        item,
        result
    );
    if (!shown) {
        return Unexpected(shown.error());
    }
    for (const auto& [person, tracks] : *shown) {
        for (const auto& track : tracks) {
            if (auto kept = connection_.Change(kAddOnceShownSql, person, track); !kept) {
                return Unexpected(kept.error());
            }
        }
    }
    return connection_.Change(kClearAppearancesSql, item, result).map([](int) {});
}

Result<bool> PeopleTable::AreSeenTogether(const PersonId& one, const PersonId& other) const {
    return connection_.First(
                          kTogetherSql, [](Row& row) { return row.Integer(); }, one, other
    )
        .map([](const auto& found) { return found.has_value(); });
}

Result<Appearance> PeopleTable::GetAppearance(const AppearanceId& id) const {
    return connection_.First(kGetAppearanceSql, ReadAppearance, id)
        .and_then([&](std::optional<Appearance> found) {
            return found ? Result<Appearance>(std::move(*found))
                         : Fail(ErrorCode::kNotFound, fmt::format("there is no appearance {}", id.Value()));
        });
}

Result<Page<Appearance>> PeopleTable::Appearances(
    const AppearanceFilter& filter, const PageRequest& page
) const {
    const int limit = std::clamp(page.limit, 1, 200);
    const auto from = CursorFrom(page.after);
    return connection_
        .Select(
            AppearancesSql(filter).c_str(),
            ReadAppearance,
            filter.item_id,
            filter.person_id,
            from.item_id,
            from.start_ms,
            from.id,
            limit + 1,
            filter.named ? 1 : 0,
            filter.together_with,
            filter.proposed ? 1 : 0,
            filter.bucket_id,
            filter.since ? ToMillis(*filter.since) : 0,
            filter.until ? ToMillis(*filter.until) : 0
        )
        .map([&](std::vector<Appearance> rows) {
            Page<Appearance> found{.rows = std::move(rows), .next = {}};
            if (found.rows.size() > static_cast<std::size_t>(limit)) {
                found.rows.pop_back();
                found.next = CursorText(found.rows.back());
            }
            return found;
        });
}

Result<std::set<ItemId>> PeopleTable::WithAppearances(const std::vector<ItemId>& items) const {
    return connection_
        .SelectFor(kWithAppearancesSql, items, kBindItself, [](Row& row) { return row.As<ItemId>(); })
        .map([](const std::vector<ItemId>& rows) { return std::set<ItemId>(rows.begin(), rows.end()); });
}

}  // namespace notify::sql
