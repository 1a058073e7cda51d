#include "app/source_secrets.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "app/settings.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "sources/access.hpp"
#include "sources/datacore/token.hpp"
#include "sources/objects/faults.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using boost::json::object;

constexpr std::string_view kPurpose = "source.secret";

std::string Member(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

object ObjectOf(std::string_view text) {
    auto json = ParseJson(text);
    return json && json->is_object() ? std::move(json->get_object()) : object();
}

/// A token "ACCESS:SECRET" is a key pair.
Result<Secret> Parted(Secret secret) {
    if (secret.token.empty()) {
        return secret;
    }
    auto token = datacore::ParseToken(secret.token);
    if (!token) {
        token.error().code = ErrorCode::kUnauthenticated;
        return Unexpected(token.error());
    }
    if (!token->IsNative()) {
        secret.access_key = std::move(token->access_key);
        secret.secret_key = std::move(token->secret_key);
    }
    secret.token = std::move(token->id);
    return secret;
}

/// The settings of a source that names none. No store is shown the keys of another kind of store.
object UsualNames(std::string_view kind, bool has_session) {
    if (kind == "iconik") {
        return {{"access_key", "ICONIK_APP_ID"}, {"secret_key", "ICONIK_ACCESS_TOKEN"}};
    }
    return {
        {"access_key", "AWS_ACCESS_KEY"},
        {"secret_key", "AWS_SECRET_KEY"},
        {"session_token", has_session ? "AWS_SESSION_TOKEN" : ""}
    };
}

}  // namespace

std::string SourceSecrets::Seal(const Secret& secret) const {
    return box_.Seal(
        ToJsonText(
            object{
                {"secret_key", secret.secret_key},
                {"session_token", secret.session_token},
                {"token", secret.token}
            }
        ),
        kPurpose
    );
}

Result<Secret> SourceSecrets::Unseal(const SourceSecret& secret) const {
    return box_.Open(secret.sealed, kPurpose).and_then([&](const std::string& clear) {
        const auto json = ObjectOf(clear);
        return Parted(
            {.access_key = secret.access_key,
             .secret_key = Member(json, "secret_key"),
             .session_token = Member(json, "session_token"),
             .token = Member(json, "token"),
             .expires_at = secret.expires_at}
        );
    });
}

Result<std::string> SourceSecrets::ValueOf(const std::string& setting) const {
    if (setting.empty()) {
        return std::string();
    }
    const auto found = settings_.find(setting);
    if (found == settings_.end()) {
        return Fail(
            ErrorCode::kUnauthenticated,
            fmt::format(
                "the setting {0} of its credentials is not set; set it, or {0}_FILE, and start the service "
                "again: settings are read at its start",
                setting
            )
        );
    }
    return found->second.Read().map_error([](Error error) {
        error.code = ErrorCode::kUnauthenticated;
        return error;
    });
}

Result<Secret> SourceSecrets::FromSettings(const Source& source) const {
    const auto config = ObjectOf(source.config);
    const auto* named = config.if_contains("credentials");
    const auto names = named != nullptr && named->is_object()
                           ? named->get_object()
                           : UsualNames(source.kind, settings_.contains("AWS_SESSION_TOKEN"));
    auto access_key = ValueOf(Member(names, "access_key"));
    auto secret_key = ValueOf(Member(names, "secret_key"));
    auto session_token = ValueOf(Member(names, "session_token"));
    auto token = ValueOf(Member(names, "token"));
    for (const auto* value : {&access_key, &secret_key, &session_token, &token}) {
        if (!*value) {
            return Unexpected(value->error());
        }
    }
    return Parted(
        {.access_key = *std::move(access_key),
         .secret_key = *std::move(secret_key),
         .session_token = *std::move(session_token),
         .token = *std::move(token),
         .expires_at = {}}
    );
}

Result<SourceAccess> SourceSecrets::Access(const SourceId& id) const {
    struct Rows {
        Source source;
        std::vector<SourceSecret> secrets;
    };

    auto rows = storage_.Read([&](const Snapshot& snapshot) -> Result<Rows> {
        auto source = snapshot.sources.Get(id);
        auto secrets = snapshot.sources.Secrets(id);
        if (!source || !secrets) {
            return Unexpected(source ? secrets.error() : source.error());
        }
        return Rows{.source = *std::move(source), .secrets = *std::move(secrets)};
    });
    if (!rows) {
        return Unexpected(rows.error());
    }
    SourceAccess access{.source = std::move(rows->source), .secrets = {}};
    std::string unreadable;
    for (const auto& sealed : rows->secrets) {
        if (auto secret = Unseal(sealed)) {
            access.secrets.push_back(*std::move(secret));
        } else {
            unreadable = secret.error().message;  // the other live one may be good
        }
    }
    if (access.secrets.empty() && !unreadable.empty()) {
        return Unexpected(
            objects::CredentialsFault(
                objects::kNoCredentials,
                fmt::format(
                    "the secret of source '{0}' cannot be opened ({1}); give it another: notifications-api "
                    "sources "
                    "secret {0}",
                    access.source.name,
                    unreadable
                )
            )
        );
    }
    if (access.secrets.empty()) {
        auto secret = FromSettings(access.source);
        if (!secret) {
            return Unexpected(
                objects::CredentialsFault(
                    objects::kNoCredentials,
                    fmt::format(
                        "source '{0}' has no credentials ({1}); give it some: notifications-api sources "
                        "secret {0}",
                        access.source.name,
                        secret.error().message
                    )
                )
            );
        }
        access.secrets.push_back(*std::move(secret));
    }
    return access;
}

}  // namespace notify
