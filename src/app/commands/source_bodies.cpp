#include "app/commands/source_bodies.hpp"

#include <optional>
#include <string>
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
        config = std::move(given->get_object());
    }
    for (const auto& [member, text] :
         {std::pair("endpoint", &words.store.endpoint),
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

Result<std::optional<object>> SecretBody(const Words& words) {
    const auto& store = words.store;
    if (store.access_key.empty() && store.secret_file.empty() && store.token_file.empty()) {
        return std::nullopt;
    }
    if (store.access_key.empty() != store.secret_file.empty() ||
        store.access_key.empty() == store.token_file.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument, "give either --access-key with --secret-file, or --token-file"
        );
    }
    auto secret = store.token_file.empty() ? ReadSecret(store.secret_file, "secret key")
                                           : ReadSecret(store.token_file, "token");
    if (!secret) {
        return Unexpected(secret.error());
    }
    object body;
    if (store.token_file.empty()) {
        body["access_key"] = store.access_key;
        body["secret_key"] = *std::move(secret);
    } else {
        body["token"] = *std::move(secret);
    }
    if (!store.expires_at.empty()) {
        body["expires_at"] = store.expires_at;
    }
    return body;
}

}  // namespace notify
