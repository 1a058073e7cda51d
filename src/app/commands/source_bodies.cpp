#include "app/commands/source_bodies.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>

#include "app/commands/bodies.hpp"
#include "app/commands/secret_input.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace notify {

using boost::json::object;

Result<object> SourceConfig(const Words& words, object config) {
    if (!words.config.empty()) {
        auto given = ParseJson(words.config);
        if (!given || !given->is_object()) {
            return Fail(ErrorCode::kInvalidArgument, "--config: is no JSON object");
        }
        for (auto& [member, value] : given->get_object()) {
            if (value.is_null()) {
                config.erase(member);
            } else {
                config[member] = std::move(value);
            }
        }
    }
    for (const auto& [member, text] :
         {std::pair("endpoint", &words.store.endpoint),
          {"queue_url", &words.store.queue_url},
          {"region", &words.store.region},
          {"addressing", &words.store.addressing},
          {"proxy", &words.store.proxy},
          {"no_proxy", &words.store.no_proxy},
          {"ca_file", &words.store.ca_file},
          {"bind_address", &words.store.bind_address}}) {
        if (!text->empty()) {
            config[member] = *text;
        }
    }
    return config;
}

namespace {

/// A key pair (with the session token of a temporary one) or a token, and not both.
bool FitTogether(const StoreWords& store) {
    const bool pair = !store.access_key.empty() && !store.secret_file.empty();
    const bool token = store.access_key.empty() && store.secret_file.empty() && !store.token_file.empty();
    return (pair && store.token_file.empty()) || (token && store.session_token_file.empty());
}

/// Puts what the file holds into the member; nothing when none was given.
Result<void> PutSecret(
    object& body, std::string_view member, const std::string& file, std::string_view what
) {
    if (file.empty()) {
        return {};
    }
    return ReadSecret(file, what).map([&](const std::string& text) { body[member] = text; });
}

}  // namespace

Result<std::optional<object>> SecretBody(const Words& words) {
    const auto& store = words.store;
    if (store.access_key.empty() && store.secret_file.empty() && store.session_token_file.empty() &&
        store.token_file.empty()) {
        return std::nullopt;
    }
    if (!FitTogether(store)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "give either --access-key with --secret-file (and --session-token-file), or --token-file"
        );
    }
    object body;
    if (!store.access_key.empty()) {
        body["access_key"] = store.access_key;
    }
    const auto read =
        PutSecret(body, "secret_key", store.secret_file, "secret key")
            .and_then([&] {
                return PutSecret(body, "session_token", store.session_token_file, "session token");
            })
            .and_then([&] { return PutSecret(body, "token", store.token_file, "token"); });
    if (!read) {
        return Unexpected(read.error());
    }
    if (!store.expires_at.empty()) {
        body["expires_at"] = store.expires_at;
    }
    return body;
}

}  // namespace notify
