// /v1/keys and /v1/audit.

#include "http/keys.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_keys.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::KeyView Show(const ApiKey& key) {
    return {
        .id = key.id.Value(),
        .name = key.name,
        .scopes = key.scopes,
        .created_at = ToRfc3339(key.created_at),
        .last_used_at = TextOf(key.last_used_at),
        .revoked_at = TextOf(key.revoked_at),
        .key = std::nullopt
    };
}

class KeyRoutes {
public:
    explicit KeyRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto keys = parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.keys.List(); });
        return Answer(request, keys, [](const std::vector<ApiKey>& rows) {
            view::KeyList list;
            for (const auto& key : rows) {
                list.rows.push_back(Show(key));
            }
            return list;
        });
    }

    [[nodiscard]] Response Add(const Request& request) const {
        return WithBody<view::NewKeyView>(request, [&](const view::NewKeyView& wanted) {
            std::vector<std::string> scopes;
            scopes.reserve(wanted.scopes.size());
            for (const auto& scope : wanted.scopes) {
                scopes.push_back(scope.text);
            }
            const auto made = CreateKey(
                parts_.storage, wanted.name.text, std::move(scopes), request.caller.actor, parts_.clock.Now()
            );
            return Answer(
                request,
                made,
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
         .answer = &described::Schema<view::KeyList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/keys",
         .scope = Scope::kAdmin,
         .tag = "keys",
         .summary = "Make a key",
         .description = "Scopes: read; write (holds read); biometric (holds read; sealed artifacts: "
                        "embeddings and crops of faces); admin (holds all). Shown this one time.",
         .body = &described::Schema<view::NewKeyView>,
         .answer = &described::Schema<view::KeyView>,
         .status = 201,
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
