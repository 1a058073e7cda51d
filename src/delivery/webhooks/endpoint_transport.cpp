#include "delivery/webhooks/endpoint_transport.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/certificate.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/ip_address.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/url.hpp"
#include "delivery/webhooks/address_guard.hpp"

namespace notify {

namespace {

constexpr std::string_view kPurpose = "endpoint.transport";
constexpr std::size_t kMostPemBytes = 64U << 10U;

/// The guard's judgement of where the proxy is; its name and password are not the guard's business.
Result<void> CheckProxy(const AddressGuard& guard, const std::string& proxy) {
    const auto url = Url::Parse(proxy);
    if (!url) {
        return Unexpected(url.error().Within("proxy"));
    }
    const auto place = Url::Parse(
        fmt::format(
            "{}://{}:{}/",
            url->Scheme(),
            url->Host().find(':') == std::string::npos ? url->Host() : fmt::format("[{}]", url->Host()),
            url->Port()
        )
    );
    return place.and_then(
                    [&](const Url& bare) { return guard.CheckTarget(bare); }
    ).map_error([](const Error& error) { return error.Within("proxy"); });
}

Result<void> CheckPem(std::string_view member, const std::string& pem) {
    if (pem.empty()) {
        return {};
    }
    const auto read = pem.size() > kMostPemBytes
                          ? Fail(ErrorCode::kInvalidArgument, fmt::format("at most {} bytes", kMostPemBytes))
                          : ReadCertificates(pem);
    return read ? Result<void>{} : Unexpected(read.error().Within(member));
}

}  // namespace

Result<void> CheckTransport(const AddressGuard& guard, const HttpTransport& transport) {
    if (const auto& proxy = transport.proxy; !proxy.empty()) {
        if (const auto checked = CheckProxy(guard, proxy); !checked) {
            return checked;
        }
    }
    const auto ca = CheckPem("ca", transport.ca);
    const auto certificate = CheckPem("client_certificate", transport.client_certificate);
    if (!ca || !certificate) {
        return ca ? certificate : ca;
    }
    if (transport.client_certificate.empty() != transport.client_key.empty()) {
        const auto* const missing = transport.client_key.empty() ? "client_key" : "client_certificate";
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{}: a client certificate and its key are given together", missing)
        );
    }
    return transport.client_key.empty()
               ? Result<void>{}
               : CheckKeyOf(transport.client_certificate, transport.client_key)
                     .map_error([](const Error& error) { return error.Within("client_key"); });
}

std::string SealTransport(const SecretBox& box, const HttpTransport& transport) {
    if (transport == HttpTransport()) {
        return {};
    }
    return box.Seal(
        ToJsonText(
            boost::json::object{
                {"proxy", transport.proxy},
                {"ca", transport.ca},
                {"client_certificate", transport.client_certificate},
                {"client_key", transport.client_key}
            }
        ),
        kPurpose
    );
}

Result<HttpTransport> OpenTransport(const SecretBox& box, std::string_view sealed) {
    if (sealed.empty()) {
        return HttpTransport();
    }
    const auto clear = box.Open(sealed, kPurpose);
    const auto read = clear ? ParseJson(*clear) : Unexpected(clear.error());
    if (!read) {
        return Unexpected(read.error().Within("how the endpoint is reached"));
    }
    const auto text = [&](std::string_view member) {
        const auto* const value = read->is_object() ? read->as_object().if_contains(member) : nullptr;
        return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
    };
    return HttpTransport{
        .proxy = text("proxy"),
        .ca = text("ca"),
        .client_certificate = text("client_certificate"),
        .client_key = text("client_key")
    };
}

Result<std::optional<IpAddress>> PinnedFor(
    const HttpTransport& transport, const Url& url, const AddressGuard& guard
) {
    if (transport.proxy.empty()) {
        return std::optional<IpAddress>();
    }
    return guard.AddressOf(url).map([](const IpAddress& address) { return std::optional(address); });
}

}  // namespace notify
