#include "delivery/webhooks/address_guard.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "core/url.hpp"

namespace notify {

namespace {

constexpr std::chrono::seconds kResolveWait{5};

struct ClosedRange {
    /// `exactly`: opened only by an entry for one address.
    constexpr ClosedRange(std::string_view range, std::string_view why, bool exactly = false)
        : network(range), what(why), only_exactly(exactly) {}

    std::string_view network;
    std::string_view what;
    bool only_exactly;
};

// IANA's special-purpose registries for IPv4 and IPv6, and the metadata services of clouds.
constexpr std::array kClosed{
    ClosedRange{"0.0.0.0/8", "this network", true},
    ClosedRange{"10.0.0.0/8", "a private network"},
    ClosedRange{"100.64.0.0/10", "a carrier's shared network"},
    ClosedRange{"100.100.100.200/32", "a cloud's metadata service", true},
    ClosedRange{"127.0.0.0/8", "loopback", true},
    ClosedRange{"168.63.129.16/32", "a cloud's host service", true},
    ClosedRange{"169.254.0.0/16", "link-local", true},
    ClosedRange{"172.16.0.0/12", "a private network"},
    ClosedRange{"192.0.0.0/24", "a protocol assignment"},
    ClosedRange{"192.0.2.0/24", "documentation"},
    ClosedRange{"192.88.99.0/24", "a 6to4 relay"},
    ClosedRange{"192.168.0.0/16", "a private network"},
    ClosedRange{"198.18.0.0/15", "a benchmark network"},
    ClosedRange{"198.51.100.0/24", "documentation"},
    ClosedRange{"203.0.113.0/24", "documentation"},
    ClosedRange{"224.0.0.0/4", "multicast", true},
    ClosedRange{"240.0.0.0/4", "reserved", true},
    ClosedRange{"::/96", "unspecified, loopback or IPv4-compatible", true},
    ClosedRange{"64:ff9b:1::/48", "a local translation network"},
    ClosedRange{"100::/64", "a discard-only network"},
    ClosedRange{"2001::/23", "a protocol assignment or Teredo"},
    ClosedRange{"2001:db8::/32", "documentation"},
    ClosedRange{"3fff::/20", "documentation"},
    ClosedRange{"5f00::/16", "segment routing"},
    ClosedRange{"fc00::/7", "a private network"},
    ClosedRange{"fd00:ec2::254/128", "a cloud's metadata service", true},
    ClosedRange{"fe80::/10", "link-local", true},
    ClosedRange{"fec0::/10", "site-local"},
    ClosedRange{"ff00::/8", "multicast", true},
};

struct ClosedNetwork {
    IpNetwork network;
    std::string_view what;
    bool only_exactly = false;
};

const std::vector<ClosedNetwork>& ClosedNetworks() {
    static const auto closed_networks = [] {
        std::vector<ClosedNetwork> networks;
        for (const auto& range : kClosed) {
            if (const auto network = IpNetwork::Parse(range.network)) {
                networks.push_back(
                    {.network = *network, .what = range.what, .only_exactly = range.only_exactly}
                );
            }
        }
        return networks;
    }();
    return closed_networks;
}

bool Within(const IpAddress& address, std::string_view network) {
    const auto parsed = IpNetwork::Parse(network);
    return parsed && parsed->Contains(address);
}

/// The IPv4 address a packet to `address` would end at, when it is one of the forms that carry one.
std::optional<IpAddress> Carried(const IpAddress& address) {
    if (address.IsV4()) {
        return std::nullopt;
    }
    if (Within(address, "::ffff:0:0/96") || Within(address, "64:ff9b::/96")) {
        return IpAddress::V4(address.Word(12));
    }
    if (Within(address, "2002::/16")) {
        return IpAddress::V4(address.Word(2));
    }
    if (Within(address, "2001::/32")) {
        return IpAddress::V4(~address.Word(12));
    }
    return std::nullopt;
}

/// The host without the dot that may end a name: "127.0.0.1." is an address to some resolvers.
std::string HostOf(const Url& url) {
    const auto& host = url.Host();
    return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

bool IsAllowedPort(std::uint16_t port) {
    return port == 80 || port == 443 || port >= 1024;
}

std::vector<IpAddress> Ask(const std::string& host) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) {
        return {};
    }
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owned(found, &::freeaddrinfo);
    std::vector<IpAddress> addresses;
    for (const auto* entry = found; entry != nullptr; entry = entry->ai_next) {
        if (entry->ai_family == AF_INET) {
            sockaddr_in in{};
            std::memcpy(&in, entry->ai_addr, sizeof in);
            addresses.push_back(IpAddress::V4(ntohl(in.sin_addr.s_addr)));
        } else if (entry->ai_family == AF_INET6) {
            sockaddr_in6 in{};
            std::memcpy(&in, entry->ai_addr, sizeof in);
            std::array<std::uint8_t, 16> bytes{};
            std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
            addresses.push_back(IpAddress::V6(bytes));
        }
    }
    return addresses;
}

/// What a thread of its own found: a name server that hangs holds up nobody for longer than kResolveWait.
struct Lookup {
    std::mutex mutex;
    std::condition_variable done;
    std::optional<std::vector<IpAddress>> found;
};

/// Empty when the name does not resolve, or not in time.
std::vector<IpAddress> Resolve(const std::string& host) {
    const auto lookup = std::make_shared<Lookup>();
    std::thread([lookup, host] {
        auto found = Ask(host);
        const std::scoped_lock lock(lookup->mutex);
        lookup->found = std::move(found);
        lookup->done.notify_one();
    }).detach();
    std::unique_lock lock(lookup->mutex);
    const bool in_time = lookup->done.wait_for(lock, kResolveWait, [&] { return lookup->found.has_value(); });
    return in_time ? *lookup->found : std::vector<IpAddress>();
}

}  // namespace

Result<AddressGuard> AddressGuard::WithAllowed(
    const std::vector<std::string>& networks, std::vector<std::uint16_t> never
) {
    AddressGuard guard;
    guard.never_ = std::move(never);
    for (const auto& text : networks) {
        auto network = IpNetwork::Parse(text);
        if (!network) {
            return Unexpected(network.error());
        }
        guard.allowed_.push_back(*network);
    }
    return guard;
}

std::vector<std::string> AddressGuard::Warnings() const {
    std::vector<std::string> sentences;
    for (const auto& network : allowed_) {
        const auto closed = std::ranges::find_if(ClosedNetworks(), [&](const ClosedNetwork& range) {
            return range.only_exactly && !network.IsOneAddress() && network.prefix >= range.network.prefix &&
                   range.network.Contains(network.address);
        });
        if (closed != ClosedNetworks().end()) {
            sentences.push_back(
                fmt::format(
                    "{}/{} opens nothing: {} is opened by entries for exactly one address only, such as "
                    "{}/{}",
                    network.address.ToString(),
                    network.prefix,
                    closed->what,
                    network.address.ToString(),
                    network.address.Bits()
                )
            );
        }
    }
    return sentences;
}

bool AddressGuard::IsOpened(const IpAddress& address, bool only_exactly) const {
    return std::ranges::any_of(allowed_, [&](const IpNetwork& network) {
        return network.Contains(address) && (!only_exactly || network.IsOneAddress());
    });
}

Result<void> AddressGuard::CheckAddress(const IpAddress& address, std::uint16_t port) const {
    if (const auto inner = Carried(address)) {
        if (const auto judged = CheckAddress(*inner, port); !judged) {
            return Unexpected(judged.error().Within(address.ToString()));
        }
    }
    for (const auto& closed : ClosedNetworks()) {
        if (!closed.network.Contains(address)) {
            continue;
        }
        if (std::ranges::find(never_, port) != never_.end()) {
            return Fail(
                ErrorCode::kForbidden,
                fmt::format(
                    "webhooks may not be sent to port {} of {} ({}): our own database listens at that port",
                    port,
                    address.ToString(),
                    closed.what
                )
            );
        }
        if (!IsOpened(address, closed.only_exactly)) {
            return Fail(
                ErrorCode::kForbidden,
                fmt::format(
                    "webhooks may not be sent to {} ({}); {}",
                    address.ToString(),
                    closed.what,
                    closed.only_exactly
                        ? "only an entry for exactly this address in WEBHOOK_ALLOW_CIDRS opens it"
                        : "WEBHOOK_ALLOW_CIDRS opens networks of your own"
                )
            );
        }
    }
    return {};
}

Result<void> AddressGuard::CheckUrl(const Url& url) const {
    if (url.HasUserInfo()) {
        return Fail(ErrorCode::kInvalidArgument, "a webhook's URL may not hold a user name or password");
    }
    if (url.HasZone()) {
        return Fail(ErrorCode::kForbidden, "a webhook's URL may not name a network interface");
    }
    if (!IsAllowedPort(url.Port())) {
        return Fail(
            ErrorCode::kForbidden,
            fmt::format("port {} is not open to webhooks; allowed are 80, 443 and 1024 to 65535", url.Port())
        );
    }
    const auto literal = IpAddress::Parse(HostOf(url));
    return literal ? CheckAddress(*literal, url.Port()) : Result<void>{};
}

Result<void> AddressGuard::CheckTarget(const Url& url) const {
    if (auto checked = CheckUrl(url); !checked || IpAddress::Parse(HostOf(url))) {
        return checked;
    }
    Result<void> last;
    for (const auto& address : Resolve(HostOf(url))) {
        last = CheckAddress(address, url.Port());
        if (last) {
            return {};
        }
    }
    return last;
}

Result<IpAddress> AddressGuard::AddressOf(const Url& url) const {
    if (const auto checked = CheckUrl(url); !checked) {
        return Unexpected(checked.error());
    }
    if (const auto literal = IpAddress::Parse(HostOf(url))) {
        return *literal;
    }
    const auto addresses = Resolve(HostOf(url));
    for (const auto& address : addresses) {
        if (const auto checked = CheckAddress(address, url.Port()); !checked) {
            return Unexpected(checked.error());
        }
    }
    if (addresses.empty()) {
        return Unexpected(
            Error{
                .code = ErrorCode::kUnavailable,
                .reason = "name",
                .message = fmt::format(
                    "{} does not resolve here, so whether it may be told through a proxy cannot be judged",
                    url.Host()
                )
            }
        );
    }
    return addresses.front();
}

ConnectGuard AddressGuard::ForConnect() const {
    return [this](const ResolvedAddress& address) { return CheckAddress(address.ip, address.port); };
}

}  // namespace notify
