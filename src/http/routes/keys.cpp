// /v1/keys and /v1/audit.

#include "http/keys.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::KeyView Show(const ApiKey& key) {
    return {
        key.id.Value(),
        key.name,
        key.scopes,
        ToRfc3339(key.created_at),
        TextOf(key.last_used_at),
        TextOf(key.revoked_at),
        std::nullopt
    };
}

class KeyRoutes {
public:
    explicit KeyRoutes(const ApiParts& parts) : parts_(parts) {}

    Response List(const Request& request) const {
        const auto keys = parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.keys.List(); });
        return Answer(request, keys, [](const std::vector<ApiKey>& rows) {
            view::KeyList list;
            for (const auto& key : rows) {
                list.rows.push_back(Show(key));
            }
            return list;
        });
    }

    Response Add(const Request& request) const {
        return WithBody<view::NewKeyView>(request, [&](const view::NewKeyView& wanted) {
            const auto made = CreateKey(
                parts_.storage, wanted.name, wanted.scopes, request.caller.actor, parts_.clock.Now()
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

    Response Revoke(const Request& request) const {
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

    Response Audit(const Request& request) const {
        const auto page = PageOf(request);
        if (!page) {
            return Problem(page.error(), request.id);
        }
        const auto rows =
            parts_.storage.Read([&](const Snapshot& snapshot) { return snapshot.keys.Audit(*page); });
        return Answer(request, rows, [](const Page<AuditEntry>& found) {
            view::AuditList list{.rows = {}, .next = found.next};
            for (const auto& entry : found.rows) {
                list.rows.push_back(
                    {ToRfc3339(entry.at), entry.actor, entry.action, entry.subject, entry.detail}
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
        {"GET",
         "/v1/keys",
         Scope::kAdmin,
         "keys",
         "API keys",
         "Without their secrets.",
         {},
         nullptr,
         &described::Schema<view::KeyList>,
         200,
         0,
         [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {"POST",
         "/v1/keys",
         Scope::kAdmin,
         "keys",
         "Make a key",
         "Scopes: read; write (holds read); biometric (holds read; sealed artifacts: embeddings and crops of "
         "faces); admin (holds all). Shown this one time.",
         {},
         &described::Schema<view::NewKeyView>,
         &described::Schema<view::KeyView>,
         201,
         1U << 20U,
         [routes](Request& r) { return routes->Add(r); }}
    );
    router.Add(
        {"DELETE",
         "/v1/keys/{key}",
         Scope::kAdmin,
         "keys",
         "Revoke a key",
         "At once.",
         {},
         nullptr,
         nullptr,
         204,
         0,
         [routes](Request& r) { return routes->Revoke(r); }}
    );
    router.Add(
        {"GET",
         "/v1/audit",
         Scope::kAdmin,
         "keys",
         "Audit",
         "Who did what, newest first.",
         kPageParameters,
         nullptr,
         &described::Schema<view::AuditList>,
         200,
         0,
         [routes](Request& r) { return routes->Audit(r); }}
    );
}

}  // namespace notify
