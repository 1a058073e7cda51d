#include "sources/s3/config.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/http_client.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "domain/named.hpp"
#include "sources/access.hpp"
#include "sources/s3/endpoint.hpp"

namespace notify::s3 {

namespace {

using boost::json::object;

constexpr std::array<std::string_view, 3> kAddressingWords{"automatic", "path", "virtual_host"};
constexpr std::array<std::string_view, 4> kCredentialWords{
    "access_key", "secret_key", "session_token", "token"
};
constexpr std::size_t kMostPemBytes = 4U << 20U;

std::string Text(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

double Number(const object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
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

Result<Config> ReadConfig(std::string_view json_text) {
    const auto json = ParseJson(json_text);
    if (!json || !json->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "the configuration of the source is no JSON object");
    }
    const auto& given = json->get_object();
    const auto region = Text(given, "region");
    auto endpoint = Endpoint::Parse(
        Text(given, "endpoint"),
        region.empty() ? "us-east-1" : region,
        Named<Addressing>(kAddressingWords, Text(given, "addressing")).value_or(Addressing::kAutomatic)
    );
    if (!endpoint) {
        return Unexpected(endpoint.error().Within("/endpoint"));
    }
    HttpClientSettings network{
        .ca_file = Text(given, "ca_file"),
        .client_certificate = Text(given, "client_certificate"),
        .client_key = Text(given, "client_key"),
        .proxy = Text(given, "proxy"),
        .no_proxy = Text(given, "no_proxy"),
        .bind_address = Text(given, "bind_address"),
    };
    for (const auto* name : {"ca_file", "client_certificate", "client_key"}) {
        if (auto checked = CheckPem(given, name); !checked) {
            return Unexpected(checked.error());
        }
    }
    if (auto checked = CheckProxy(network.proxy).and_then([&] { return CheckCredentials(given); });
        !checked) {
        return Unexpected(checked.error());
    }
    return Config{
        .endpoint = *std::move(endpoint),
        .network = std::move(network),
        .limits = {
            .max_connections = static_cast<int>(Number(given, "max_connections")),
            .max_requests_s = Number(given, "max_requests_s"),
            .max_mbit_s = Number(given, "max_mbit_s")
        }
    };
}

}  // namespace notify::s3
