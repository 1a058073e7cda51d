#include "storage/sql/key_table.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/key_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/lists.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr const char* kAddSql = R"sql(
    INSERT INTO api_key (id, name, secret_sha256, scopes, sources, buckets, created_at, expires_at, last_used_at, revoked_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?))sql";
constexpr const char* kRevokeSql = "UPDATE api_key SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?";
constexpr const char* kUsedSql = "UPDATE api_key SET last_used_at = ? WHERE id = ?";
constexpr const char* kFindSql = R"sql(
    SELECT id, name, secret_sha256, scopes, sources, buckets, created_at, expires_at, last_used_at, revoked_at
    FROM api_key WHERE id = ?)sql";
constexpr const char* kListSql = R"sql(
    SELECT id, name, secret_sha256, scopes, sources, buckets, created_at, expires_at, last_used_at, revoked_at
    FROM api_key ORDER BY created_at, id)sql";
constexpr const char* kForgetAnswersSql = "DELETE FROM kept_answer WHERE at < ?";
constexpr const char* kForgetAnswerSql = "DELETE FROM kept_answer WHERE caller = ? AND key = ?";
constexpr const char* kFindAnswerSql =
    "SELECT caller, key, request_sha256, status, body, at FROM kept_answer WHERE caller = ? AND key = ?";
constexpr const char* kKeepAnswerSql =
    "INSERT INTO kept_answer (caller, key, request_sha256, status, body, at) VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* kSetAnswerSql =
    "UPDATE kept_answer SET status = ?, body = ? WHERE caller = ? AND key = ?";
constexpr const char* kAddAuditSql =
    "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)";
constexpr const char* kAuditSql = R"sql(
    SELECT sequence, at, actor, action, subject, detail FROM audit
    WHERE ?1 = 0 OR sequence < ?1 ORDER BY sequence DESC LIMIT ?2)sql";

template <class Id>
std::string IdsToText(const std::vector<Id>& ids) {
    std::vector<std::string> texts;
    std::ranges::transform(ids, std::back_inserter(texts), &Id::Value);
    return ListToText(texts);
}

template <class Id>
std::vector<Id> IdsFromText(std::string_view text) {
    const auto texts = ListFromText(text);
    return {texts.begin(), texts.end()};
}

ApiKey ReadKey(Row& row) {
    ApiKey key;
    key.id = row.As<KeyId>();
    key.name = row.Text();
    key.secret_sha256 = row.Text();
    key.scopes = ListFromText(row.Text());
    key.sources = IdsFromText<SourceId>(row.Text());
    key.buckets = IdsFromText<BucketId>(row.Text());
    key.created_at = row.Time();
    key.expires_at = row.OptionalTime();
    key.last_used_at = row.OptionalTime();
    key.revoked_at = row.OptionalTime();
    return key;
}

KeptAnswer ReadAnswer(Row& row) {
    KeptAnswer answer;
    answer.caller = row.Text();
    answer.key = row.Text();
    answer.request_sha256 = row.Text();
    answer.status = row.Int();
    answer.body = row.Text();
    answer.at = row.Time();
    return answer;
}

}  // namespace

Result<void> KeyTable::Add(const ApiKey& key) {
    return connection_
        .Change(
            kAddSql,
            key.id,
            key.name,
            key.secret_sha256,
            ListToText(key.scopes),
            IdsToText(key.sources),
            IdsToText(key.buckets),
            key.created_at,
            key.expires_at,
            key.last_used_at,
            key.revoked_at
        )
        .map([](int) {});
}

Result<void> KeyTable::Revoke(const KeyId& id, Timestamp at) {
    const auto revoked = connection_.Change(kRevokeSql, at, id);
    if (!revoked) {
        return Unexpected(revoked.error());
    }
    return *revoked == 1 ? Result<void>{}
                         : Fail(ErrorCode::kNotFound, fmt::format("there is no key {}", id.Value()));
}

Result<void> KeyTable::SetUsed(const KeyId& id, Timestamp at) {
    const auto used = connection_.Change(kUsedSql, at, id);
    if (!used) {
        return Unexpected(used.error());
    }
    return *used == 1 ? Result<void>{}
                      : Fail(ErrorCode::kNotFound, fmt::format("there is no key {}", id.Value()));
}

Result<std::optional<ApiKey>> KeyTable::FindById(const KeyId& id) const {
    return connection_.First(kFindSql, ReadKey, id);
}

Result<std::vector<ApiKey>> KeyTable::List() const {
    return connection_.Select(kListSql, ReadKey);
}

Result<std::optional<KeptAnswer>> KeyTable::KeepAnswer(const KeptAnswer& answer, Timestamp forget_before) {
    const auto found = connection_.Change(kForgetAnswersSql, forget_before).and_then([&](int) {
        return connection_.First(kFindAnswerSql, ReadAnswer, answer.caller, answer.key);
    });
    if (!found || *found) {
        return found;
    }
    return connection_
        .Change(
            kKeepAnswerSql,
            answer.caller,
            answer.key,
            answer.request_sha256,
            answer.status,
            answer.body,
            answer.at
        )
        .map([](int) { return std::optional<KeptAnswer>(); });
}

Result<void> KeyTable::SetAnswer(const KeptAnswer& answer) {
    return connection_.Change(kSetAnswerSql, answer.status, answer.body, answer.caller, answer.key)
        .map([](int) {});
}

Result<void> KeyTable::ForgetAnswer(std::string_view caller, std::string_view key) {
    return connection_.Change(kForgetAnswerSql, caller, key).map([](int) {});
}

Result<void> KeyTable::AddAudit(const AuditEntry& entry) {
    return connection_.Change(kAddAuditSql, entry.at, entry.actor, entry.action, entry.subject, entry.detail)
        .map([](int) {});
}

Result<Page<AuditEntry>> KeyTable::Audit(const PageRequest& page) const {
    std::int64_t before = 0;
    std::from_chars(page.after.data(), page.after.data() + page.after.size(), before);
    const int limit = std::clamp(page.limit, 1, 200);
    const auto read = [](Row& row) {
        const auto sequence = row.Integer();
        AuditEntry entry{
            .at = row.Time(),
            .actor = row.Text(),
            .action = row.Text(),
            .subject = row.Text(),
            .detail = row.Text()
        };
        return std::pair(sequence, std::move(entry));
    };
    return connection_.Select(kAuditSql, read, before, limit + 1)
        .map([&](std::vector<std::pair<std::int64_t, AuditEntry>> rows) {
            Page<AuditEntry> found;
            if (rows.size() > static_cast<std::size_t>(limit)) {
                rows.pop_back();
                found.next = std::to_string(rows.back().first);
            }
            for (auto& [sequence, entry] : rows) {
                found.rows.push_back(std::move(entry));
            }
            return found;
        });
}

}  // namespace notify::sql
