#pragma once

// Who a webhook may be sent to: the public internet, and what WEBHOOK_ALLOW_CIDRS names. Nothing inside.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_client.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "core/url.hpp"

namespace notify {

/// Judges URLs and, at connect time, addresses. Immutable: thread-safe.
///
/// Closed by default: loopback, link-local, private, shared, documentation, benchmark, multicast and reserved
/// ranges of IPv4 and IPv6. IPv4 addresses inside IPv6 ones (mapped, NAT64, 6to4, Teredo) are judged as what
/// they are inside. An allowed network opens what it contains; loopback, link-local, "this network",
/// multicast and the metadata addresses of clouds only when it names exactly that address (/32, /128). At
/// some ports it opens nothing: where our own database listens, on whichever of these addresses that is.
class AddressGuard final {
public:
    /// `never`: the ports at which no network opens anything. kInvalidArgument names the entry that is no
    /// network.
    [[nodiscard]] static Result<AddressGuard> WithAllowed(
        const std::vector<std::string>& networks, std::vector<std::uint16_t> never = {}
    );

    /// A sentence for each allowed network that opens nothing.
    [[nodiscard]] std::vector<std::string> Warnings() const;

    /// Nothing is allowed but the public internet.
    AddressGuard() = default;

    /// kForbidden with the address and why. `port` 0: whichever.
    [[nodiscard]] Result<void> CheckAddress(const IpAddress& address, std::uint16_t port = 0) const;

    /// http or https, no user info, no zone, port 80, 443 or from 1024 on, and if the host is an address,
    /// CheckAddress. kInvalidArgument or kForbidden.
    [[nodiscard]] Result<void> CheckUrl(const Url& url) const;

    /// CheckUrl, and if the host is a name that resolves now, at least one of its addresses is allowed. A
    /// name that does not resolve now passes: every send is checked again. Waits at most 5 s for the name
    /// server.
    [[nodiscard]] Result<void> CheckTarget(const Url& url) const;

    /// CheckUrl, and the address that the host stands for now: the first of its addresses, all of which are
    /// allowed. For a request whose connection somebody else makes. kUnavailable ("name") when the name does
    /// not resolve. Waits at most 5 s for the name server.
    [[nodiscard]] Result<IpAddress> AddressOf(const Url& url) const;

    /// This guard as a request's. It borrows the guard.
    [[nodiscard]] ConnectGuard ForConnect() const;

private:
    [[nodiscard]] bool IsOpened(const IpAddress& address, bool only_exactly) const;

    std::vector<IpNetwork> allowed_;
    std::vector<std::uint16_t> never_;  ///< Ports.
};

}  // namespace notify
