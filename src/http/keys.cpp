#include "http/keys.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "http/message.hpp"
#include "http/names.hpp"
#include "http/reach.hpp"
#include "http/words.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr auto kUsedEvery = std::chrono::minutes(1);  // a key's last use is written at most this often

}  // namespace

Result<NewKey> MakeKey(std::string_view name, std::vector<std::string> scopes, Timestamp now) {
    if (!IsName(name)) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("/name: {}", kNameRule));
    }
    const bool known = std::ranges::all_of(scopes, [](const std::string& scope) {
        return std::ranges::find(kScopeWords, scope) != kScopeWords.end();
    });
    if (scopes.empty() || !known) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("/scopes: a key needs at least one of {}", fmt::join(kScopeWords, ", "))
        );
    }
    NewKey made;
    made.key.id = KeyId(MakeId("key"));
    made.key.name = name;
    made.key.scopes = std::move(scopes);
    made.key.created_at = now;
    made.text = fmt::format("nk_{}_{}", made.key.id.Value().substr(4), ToHex(RandomBytes(32)));
    made.key.secret_sha256 = Sha256Hex(made.text);
    return made;
}

Result<void> StoreKey(Storage& storage, const ApiKey& key, std::string_view actor) {
    return storage.Write([&](Transaction& transaction) {
        return transaction.keys.Add(key).and_then([&] {
            return transaction.keys.AddAudit(
                {.at = key.created_at,
                 .actor = std::string(actor),
                 .action = "key.create",
                 .subject = key.id.Value(),
                 .detail = key.name}
            );
        });
    });
}

Result<Caller> Authenticate(Storage& storage, std::string_view text, Timestamp now) {
    const auto refuse = [] {
        return Fail(ErrorCode::kUnauthenticated, "a valid API key is needed: Authorization: Bearer nk_…");
    };
    const auto end = text.starts_with("nk_") ? text.find('_', 3) : std::string_view::npos;
    if (end == std::string_view::npos || text.size() > 200) {
        return refuse();
    }
    const KeyId id(fmt::format("key_{}", text.substr(3, end - 3)));
    std::optional<std::set<BucketId>> buckets;
    const auto key = storage.Read([&](const Snapshot& snapshot) {
        return snapshot.keys.FindById(id).and_then([&](std::optional<ApiKey> found) {
            auto its = found ? BucketsOf(snapshot, *found) : Result<std::optional<std::set<BucketId>>>();
            return its.map([&](auto& ids) {
                buckets = std::move(ids);
                return std::move(found);
            });
        });
    });
    if (!key) {
        return Unexpected(key.error());
    }
    const std::string unknown(64, '0');
    const bool matches = EqualInConstantTime(Sha256Hex(text), *key ? (*key)->secret_sha256 : unknown);
    if (!*key || !matches || !IsValid(*key, now)) {
        return refuse();
    }
    if (!(*key)->last_used_at || now - *(*key)->last_used_at > kUsedEvery) {
        static_cast<void>(storage.Write([&](Transaction& transaction) {
            return transaction.keys.SetUsed(id, now);
        }));
    }
    const auto has = [&](std::string_view scope) {
        return std::ranges::find((*key)->scopes, scope) != (*key)->scopes.end();
    };
    Caller caller{.actor = id.Value(), .buckets = std::move(buckets)};
    caller.admin = has("admin");
    caller.write = caller.admin || has("write");
    caller.people = caller.write || has("people");
    caller.webhooks = caller.write || has("webhooks");
    caller.biometric = caller.admin || has("biometric");
    caller.read = caller.people || caller.webhooks || caller.biometric || has("read");
    return caller;
}

bool IsValid(const std::optional<ApiKey>& key, Timestamp now) {
    return key && !key->revoked_at && (!key->expires_at || *key->expires_at > now);
}

}  // namespace notify
