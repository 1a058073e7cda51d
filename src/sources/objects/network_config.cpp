#include "sources/objects/network_config.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "sources/access.hpp"

namespace notify::objects {

namespace {

using boost::json::object;

constexpr std::array<std::string_view, 4> kCredentialWords{
    "access_key", "secret_key", "session_token", "token"
};
constexpr std::size_t kMostPemBytes = 4U << 20U;

constexpr std::string_view kProperties = R"json(
        "proxy": {"type": "string", "description": "URL of a proxy, without name and password"},
        "no_proxy": {"type": "string", "description": "Names and networks reached without it, separated by commas"},
        "ca_file": {"type": "string", "description": "PEM file of the authorities that sign the store's certificate"},
        "client_certificate": {"type": "string", "description": "PEM file shown to the store"},
        "client_key": {"type": "string", "description": "PEM file of its key"},
        "bind_address": {"type": "string", "description": "Address or interface that connections start from"},
        "credentials": {"type": "object",
                        "description": "Names of settings that hold them: access_key, secret_key, session_token, token"}
)json";

std::string Text(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// A file that requests will need is missed now, not at the first request.
Result<void> CheckPem(const object& json, std::string_view name) {
    const auto path = Text(json, name);
    if (path.empty()) {
        return {};
    }
    return ReadFile(path, kMostPemBytes).map([](const std::string&) {}).map_error([&](const Error& error) {
        Error refused = error.Within(fmt::format("/{}", name));
        refused.code = ErrorCode::kInvalidArgument;
        return refused;
    });
}

Result<void> CheckProxy(const std::string& proxy) {
    if (proxy.empty()) {
        return {};
    }
    const auto url = Url::Parse(proxy);
    if (!url) {
        return Unexpected(url.error().Within("/proxy"));
    }
    return url->HasUserInfo()
               ? Fail(
                     ErrorCode::kInvalidArgument,
                     "/proxy: leave out name and password: configurations are shown to whoever may read them"
                 )
               : Result<void>{};
}

/// A member that nobody reads would leave the source without the credentials that were meant.
Result<void> CheckCredentials(const object& json) {
    const auto* named = json.if_contains("credentials");
    if (named == nullptr || !named->is_object()) {
        return {};
    }
    for (const auto& [name, setting] : named->get_object()) {
        if (std::ranges::find(kCredentialWords, std::string_view(name)) == kCredentialWords.end()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("/credentials: there are {}", fmt::join(kCredentialWords, ", "))
            );
        }
        // what was given may be the key itself: it is not repeated
        if (!setting.is_string() || !IsCredentialSetting(setting.get_string())) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "/credentials/{}: must be the name of a setting, like STORE_ARCHIVE_KEY, and not the key "
                    "itself",
                    std::string_view(name)
                )
            );
        }
    }
    return {};
}

}  // namespace

std::string_view NetworkProperties() {
    return kProperties;
}

Result<HttpClientSettings> ReadNetwork(const object& config) {
    HttpClientSettings network{
        .ca_file = Text(config, "ca_file"),
        .client_certificate = Text(config, "client_certificate"),
        .client_key = Text(config, "client_key"),
        .proxy = Text(config, "proxy"),
        .no_proxy = Text(config, "no_proxy"),
        .bind_address = Text(config, "bind_address"),
    };
    for (const auto* name : {"ca_file", "client_certificate", "client_key"}) {
        if (auto checked = CheckPem(config, name); !checked) {
            return Unexpected(checked.error());
        }
    }
    return CheckProxy(network.proxy).and_then([&] { return CheckCredentials(config); }).map([&] {
        return network;
    });
}

}  // namespace notify::objects
