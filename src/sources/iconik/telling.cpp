#include "sources/iconik/telling.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "core/url.hpp"

namespace notify::iconik {

namespace {

constexpr std::string_view kIntakePath = "/v1/intake/iconik";
constexpr std::array<std::string_view, 7> kPrivateNetworks{
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7"
};
constexpr std::array<std::string_view, 4> kPrivateNames{".local", ".localhost", ".internal", ".lan"};

/// True when a service on the internet finds nobody by that name.
bool IsPrivate(std::string_view host) {
    if (host.starts_with('[')) {
        host = host.substr(1, host.size() - 2);
    }
    if (const auto address = IpAddress::Parse(host)) {
        for (const auto network : kPrivateNetworks) {
            const auto parsed = IpNetwork::Parse(network);
            if (parsed && parsed->Contains(*address)) {
                return true;
            }
        }
        return false;
    }
    for (const auto name : kPrivateNames) {
        if (host.ends_with(name)) {
            return true;
        }
    }
    return host.find('.') == std::string_view::npos;
}

}  // namespace

Result<std::string> IntakeUrl(std::string_view system_endpoint) {
    const auto url = Url::Parse(system_endpoint);
    if (!url || url->HasUserInfo() || system_endpoint.find_first_of("?#") != std::string_view::npos) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/system_endpoint: must be the URL at which Iconik reaches this service, like "
            "https://notifications.example.com, without a name, a password or a query"
        );
    }
    auto text = url->Text();
    while (text.ends_with('/')) {
        text.pop_back();
    }
    return text.ends_with(kIntakePath) ? text : text + std::string(kIntakePath);
}

std::vector<std::string> WarningsOf(const std::string& intake_url) {
    std::vector<std::string> warnings;
    const auto url = Url::Parse(intake_url);
    if (!url) {
        return warnings;
    }
    if (url->Scheme() != "https") {
        warnings.push_back(
            fmt::format("{} is not https: whoever is on the way reads the secret and may use it", intake_url)
        );
    }
    if (IsPrivate(url->Host())) {
        warnings.push_back(
            fmt::format(
                "{} is a name or an address of a private network: an Iconik on the internet does not reach "
                "it; give the name at which this service is reached from outside",
                url->Host()
            )
        );
    }
    return warnings;
}

}  // namespace notify::iconik
