#include "storage/sql/news_table.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "storage/news_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr const char* kTellSql = R"sql(
    INSERT INTO news (id, source_id, kind, address, system_domain_id, told, first_told_at, due_at, tries,
                      reason, sentence)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (source_id, kind, address) DO UPDATE
    SET told = news.told + 1, system_domain_id = excluded.system_domain_id
    RETURNING told)sql";
constexpr const char* kGetSql = R"sql(
    SELECT id, source_id, kind, address, system_domain_id, told, first_told_at, due_at, tries, reason,
           sentence
    FROM news WHERE id = ?)sql";
constexpr const char* kDueSql = R"sql(
    SELECT id, source_id, kind, address, system_domain_id, told, first_told_at, due_at, tries, reason,
           sentence
    FROM news WHERE kind = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?)sql";
constexpr const char* kListSql = R"sql(
    SELECT id, source_id, kind, address, system_domain_id, told, first_told_at, due_at, tries, reason,
           sentence
    FROM news WHERE id > ? ORDER BY id LIMIT ?)sql";
constexpr const char* kEndSql = "DELETE FROM news WHERE id = ? AND told <= ?";
constexpr const char* kDelaySql =
    "UPDATE news SET due_at = ?, tries = tries + 1, reason = ?, sentence = ? WHERE id = ?";
constexpr const char* kCountSql =
    "SELECT kind, count(*), count(*) FILTER (WHERE tries > 0) FROM news GROUP BY kind ORDER BY kind";

InboxNews ReadNews(Row& row) {
    InboxNews news;
    news.id = row.As<NewsId>();
    news.source_id = row.As<SourceId>();
    news.kind = NewsKindFrom(row.Text()).value_or(NewsKind::kObject);
    news.address = row.Bytes();
    news.system_domain_id = row.Text();
    news.told = row.Integer();
    news.first_told_at = row.Time();
    news.due_at = row.Time();
    news.tries = row.Int();
    news.reason = row.Text();
    news.sentence = row.Text();
    return news;
}

}  // namespace

Result<bool> NewsTable::Tell(const InboxNews& news) {
    return connection_
        .First(
            kTellSql,
            [](Row& row) { return row.Integer(); },
            news.id,
            news.source_id,
            ToString(news.kind),
            Blob{news.address},
            news.system_domain_id,
            news.told,
            news.first_told_at,
            news.due_at,
            news.tries,
            news.reason,
            news.sentence
        )
        .map([&](const std::optional<std::int64_t>& told) { return told == news.told; });
}

Result<InboxNews> NewsTable::Get(const NewsId& id) const {
    return connection_.First(kGetSql, ReadNews, id).and_then([&](std::optional<InboxNews> news) {
        return news ? Result<InboxNews>(std::move(*news))
                    : Fail(ErrorCode::kNotFound, fmt::format("there is no news {}", id.Value()));
    });
}

Result<std::vector<InboxNews>> NewsTable::Due(NewsKind kind, Timestamp now, int limit) const {
    return connection_.Select(kDueSql, ReadNews, ToString(kind), now, limit);
}

Result<bool> NewsTable::End(const NewsId& id, std::int64_t told) {
    return connection_.Change(kEndSql, id, told).map([](int ended) { return ended == 1; });
}

Result<void> NewsTable::Delay(
    const NewsId& id, Timestamp due_at, const std::string& reason, const std::string& sentence
) {
    return connection_.Change(kDelaySql, due_at, reason, sentence, id).map([](int) {});
}

Result<std::vector<NewsCount>> NewsTable::Count() const {
    return connection_.Select(kCountSql, [](Row& row) {
        NewsCount count;
        count.kind = NewsKindFrom(row.Text()).value_or(NewsKind::kObject);
        count.count = row.Integer();
        count.delayed = row.Integer();
        return count;
    });
}

Result<Page<InboxNews>> NewsTable::List(const PageRequest& page) const {
    const int limit = std::clamp(page.limit, 1, 200);
    return connection_.Select(kListSql, ReadNews, page.after, limit + 1)
        .map([&](std::vector<InboxNews> rows) {
            Page<InboxNews> shown{.rows = std::move(rows)};
            if (shown.rows.size() > static_cast<std::size_t>(limit)) {
                shown.rows.pop_back();
                shown.next = shown.rows.back().id.Value();
            }
            return shown;
        });
}

}  // namespace notify::sql
