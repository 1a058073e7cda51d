// /v1/keys and /v1/audit.

#include "http/keys.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/router.hpp"
#include "http/routes/listing.hpp"
#include "http/routes/routes.hpp"
#include "http/views_keys.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

template <class Id>
std::vector<std::string> Texts(const std::vector<Id>& ids) {
    std::vector<std::string> texts;
    std::ranges::transform(ids, std::back_inserter(texts), &Id::Value);
    return texts;
}

view::KeyView Show(const ApiKey& key) {
    return {
        .id = key.id.Value(),
        .name = key.name,
        .scopes = key.scopes,
        .sources = Texts(key.sources),
        .buckets = Texts(key.buckets),
        .created_at = ToRfc3339(key.created_at),
        .expires_at = TextOf(key.expires_at),
        .last_used_at = TextOf(key.last_used_at),
        .revoked_at = TextOf(key.revoked_at),
        .key = std::nullopt
    };
}

Result<std::optional<Timestamp>> ExpiryFrom(const std::string& text, Timestamp now) {
    const auto at = FromRfc3339(text);
    if (!at || *at <= now) {
        return Fail(
            ErrorCode::kInvalidArgument,
            at ? "/expires_at: it is over already" : "/expires_at: " + at.error().message
        );
    }
    return std::optional(*at);
}

/// Gives the key the sources and buckets that are asked for; a bucket by its id or its name.
Result<void> Limit(const Snapshot& snapshot, const view::NewKeyView& wanted, ApiKey& key) {
    for (const auto& [member, list] :
         {std::pair("sources", &wanted.sources), std::pair("buckets", &wanted.buckets)}) {
        if (*list && (*list)->empty()) {  // it would open everything
            return Fail(
                ErrorCode::kInvalidArgument, fmt::format("/{}: a key is limited to at least one", member)
            );
        }
    }
    for (const auto& name : wanted.sources.value_or(std::vector<std::string>())) {
        const auto source = snapshot.sources.Get(SourceId(name));
        if (!source) {
            return Fail(ErrorCode::kInvalidArgument, "/sources: " + source.error().message);
        }
        key.sources.push_back(source->id);
    }
    for (const auto& name : wanted.buckets.value_or(std::vector<std::string>())) {
        const auto bucket = snapshot.buckets.Find(name);
        if (!bucket) {
            return Fail(ErrorCode::kInvalidArgument, "/buckets: " + bucket.error().message);
        }
        key.buckets.push_back(bucket->id);
    }
    const bool limited = !key.sources.empty() || !key.buckets.empty();
    if (limited && std::ranges::find(key.scopes, "admin") != key.scopes.end()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/scopes: a key that is limited to sources or buckets cannot have the scope 'admin'"
        );
    }
    return {};
}

std::vector<Order<ApiKey>> Orders() {
    return {
        {.word = "created_at", .rank_of = RankByTime<ApiKey>},
        {.word = "-created_at", .rank_of = RankByTime<ApiKey>},
        {.word = "name", .rank_of = RankByName<ApiKey>},
        {.word = "-name", .rank_of = RankByName<ApiKey>}
    };
}

class KeyRoutes {
public:
    explicit KeyRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto keys = parts_.storage.Read(
                                            [](const Snapshot& snapshot) { return snapshot.keys.List(); }
        ).and_then([&](std::vector<ApiKey> rows) { return PageOfRows(std::move(rows), request, Orders()); });
        return Answer(request, keys, [](const Page<ApiKey>& page) {
            view::KeyList list{.rows = {}, .next = page.next};
            for (const auto& key : page.rows) {
                list.rows.push_back(Show(key));
            }
            return list;
        });
    }

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewKeyView>(request, [&](const view::NewKeyView& wanted) {
            auto made = Make(wanted);
            const auto stored =
                made ? StoreKey(parts_.storage, made->key, request.caller.actor) : Unexpected(made.error());
            return Answer(
                request,
                stored ? made : Unexpected(stored.error()),
                [](const NewKey& key) {
                    auto shown = Show(key.key);
                    shown.key = key.text;
                    return shown;
                },
                201
            );
        });
    }

    [[nodiscard]] Response Revoke(const Request& request) const {
        const KeyId id(request.parameters[0]);
        const auto now = parts_.clock.Now();
        const auto revoked = parts_.storage.Write([&](Transaction& transaction) {
            return transaction.keys.Revoke(id, now).and_then([&] {
                return transaction.keys.AddAudit(
                    {.at = now,
                     .actor = request.caller.actor,
                     .action = "key.revoke",
                     .subject = id.Value(),
                     .detail = {}}
                );
            });
        });
        if (revoked && parts_.key_revoked) {
            parts_.key_revoked();
        }
        return NoContent(request, revoked);
    }

    [[nodiscard]] Response Audit(const Request& request) const {
        const auto page = PageOf(request);
        const auto rows =
            parts_.storage.Read([&](const Snapshot& snapshot) { return snapshot.keys.Audit(page); });
        return Answer(request, rows, [](const Page<AuditEntry>& found) {
            view::AuditList list{.rows = {}, .next = found.next};
            for (const auto& entry : found.rows) {
                list.rows.push_back(
                    {.at = ToRfc3339(entry.at),
                     .actor = entry.actor,
                     .action = entry.action,
                     .subject = entry.subject,
                     .detail = entry.detail}
                );
            }
            return list;
        });
    }

private:
    [[nodiscard]] Result<NewKey> Make(const view::NewKeyView& wanted) const {
        std::vector<std::string> scopes;
        std::ranges::transform(wanted.scopes, std::back_inserter(scopes), [](const auto& scope) {
            return scope.text;
        });
        const auto now = parts_.clock.Now();
        auto made = MakeKey(wanted.name.text, std::move(scopes), now);
        auto expires =
            wanted.expires_at ? ExpiryFrom(*wanted.expires_at, now) : Result<std::optional<Timestamp>>();
        if (!made || !expires) {
            return Unexpected(made ? expires.error() : made.error());
        }
        made->key.expires_at = *expires;
        const auto limited =
            parts_.storage.Read([&](const Snapshot& snapshot) { return Limit(snapshot, wanted, made->key); });
        return limited ? made : Unexpected(limited.error());
    }

    ApiParts parts_;
};

}  // namespace

void AddKeyRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<KeyRoutes>(parts);  // shared by the handlers below
    router.Add(
        {.method = "GET",
         .pattern = "/v1/keys",
         .scope = Scope::kAdmin,
         .tag = "keys",
         .summary = "API keys",
         .description = "Without their secrets.",
         .query = SortedPageParameters(Orders()),
         .answer = &described::Schema<view::KeyList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/keys",
         .scope = Scope::kAdmin,
         .tag = "keys",
         .summary = "Make a key",
         .description =
             "Scopes: read; people and webhooks (change these, hold read); write (holds both, changes "
             "what is processed too); biometric (holds read; sealed artifacts: "
             "embeddings and crops of faces); admin (holds all). With `sources` or `buckets` "
             "(ids; buckets by "
             "names) it is limited to them: what is elsewhere is not there for it, and what is of "
             "all is closed. It ends at `expires_at`, if that is given. Shown this one time.",
         .body = &described::Schema<view::NewKeyView>,
         .answer = &described::Schema<view::KeyView>,
         .status = 201,
         .shows_secret = true,
         .handle = [routes](Request& r) { return routes->Add(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/keys/{key}",
         .scope = Scope::kAdmin,
         .tag = "keys",
         .summary = "Revoke a key",
         .description = "At once.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Revoke(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/audit",
         .scope = Scope::kAdmin,
         .tag = "keys",
         .summary = "Audit",
         .description = "Who did what, newest first.",
         .query = PageParameters("[0-9]{1,18}"),
         .answer = &described::Schema<view::AuditList>,
         .handle = [routes](Request& r) { return routes->Audit(r); }}
    );
}

}  // namespace notify
