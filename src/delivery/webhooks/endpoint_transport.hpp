#pragma once

// How an endpoint is reached where that is not as for all others: through a proxy, trusting authorities of
// its own, with a client certificate.

#include <optional>
#include <string>
#include <string_view>

#include "core/http_client.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/url.hpp"
#include "delivery/webhooks/address_guard.hpp"

namespace notify {

/// The proxy is a URL the guard allows, what should be certificates are, and the key is that of the client
/// certificate. kInvalidArgument or kForbidden, the sentence beginning with the member. May block on the name
/// server.
[[nodiscard]] Result<void> CheckTransport(const AddressGuard& guard, const HttpTransport& transport);

/// As Endpoint::transport holds it; "" of an empty one.
[[nodiscard]] std::string SealTransport(const SecretBox& box, const HttpTransport& transport);

/// kInvalidArgument when it was sealed with another key.
[[nodiscard]] Result<HttpTransport> OpenTransport(const SecretBox& box, std::string_view sealed);

/// What a request to `url` is pinned to. Behind a proxy the host is resolved and judged here, and the proxy
/// is asked for that address: errors of AddressGuard::AddressOf. Without one, nothing.
[[nodiscard]] Result<std::optional<IpAddress>> PinnedFor(
    const HttpTransport& transport, const Url& url, const AddressGuard& guard
);

}  // namespace notify
