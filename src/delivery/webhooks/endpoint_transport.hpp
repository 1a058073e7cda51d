#pragma once

// How an endpoint is reached where that is not as for all others: through a proxy, trusting authorities of
// its own, with a client certificate.

#include <string>
#include <string_view>

#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/url.hpp"
#include "delivery/webhooks/address_guard.hpp"

namespace notify {

/// What of it is empty is as for all others. All texts but the proxy's are PEM.
struct EndpointTransport {
    std::string proxy;               ///< http or https; may hold a name and a password.
    std::string ca;                  ///< The only trusted authorities.
    std::string client_certificate;  ///< With the authorities between it and the receiver's, if any.
    std::string client_key;

    bool operator==(const EndpointTransport&) const = default;
};

/// The proxy is a URL the guard allows, what should be certificates are, and the key is that of the client
/// certificate. kInvalidArgument or kForbidden, the sentence beginning with the member. May block on the name
/// server.
[[nodiscard]] Result<void> CheckTransport(const AddressGuard& guard, const EndpointTransport& transport);

/// As Endpoint::transport holds it; "" of an empty one.
[[nodiscard]] std::string SealTransport(const SecretBox& box, const EndpointTransport& transport);

/// kInvalidArgument when it was sealed with another key.
[[nodiscard]] Result<EndpointTransport> OpenTransport(const SecretBox& box, std::string_view sealed);

/// For one request to `url`. Behind a proxy the host is resolved and judged here, and the proxy is asked for
/// that address: errors of AddressGuard::AddressOf.
[[nodiscard]] Result<HttpTransport> TransportFor(
    const EndpointTransport& transport, const Url& url, const AddressGuard& guard
);

}  // namespace notify
