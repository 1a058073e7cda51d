#include "servers/cutting_proxy.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace notify::testing {

namespace {

constexpr int kLookMs = 20;
constexpr int kPatienceMs = 5000;

sockaddr_in Here(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(static_cast<std::uint16_t>(port));
    return address;
}

/// The kernel takes any address as a sockaddr.
sockaddr* AsAny(sockaddr_in& address) {
    return reinterpret_cast<sockaddr*>(&address);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

bool SendAll(const UniqueFd& to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(to.Get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

}  // namespace

CuttingProxy::CuttingProxy(std::string port)
    : target_(std::move(port)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = Here(0);
    socklen_t size = sizeof(address);
    if (::bind(listener_.Get(), AsAny(address), size) != 0 || ::listen(listener_.Get(), 16) != 0 ||
        ::getsockname(listener_.Get(), AsAny(address), &size) != 0) {
        throw std::runtime_error("the proxy cannot listen");
    }
    port_ = std::to_string(::ntohs(address.sin_port));
    thread_ = std::jthread([this] { Loop(); });
}

CuttingProxy::~CuttingProxy() {
    ends_ = true;
}

void CuttingProxy::CutAfter(Way way, std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    cut_ = Cut{.way = way, .left = bytes};
}

bool CuttingProxy::WillCut() const {
    const std::scoped_lock lock(mutex_);
    return cut_.has_value();
}

std::size_t CuttingProxy::Passed(Way way) const {
    const std::scoped_lock lock(mutex_);
    return passed_.at(static_cast<std::size_t>(way));
}

void CuttingProxy::FallSilent() {
    const std::scoped_lock lock(mutex_);
    // a filter that lets nothing through: TCP never sees the segments
    sock_filter nothing{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0};
    const sock_fprog program{.len = 1, .filter = &nothing};
    for (auto& pair : pairs_) {
        pair.is_silent = true;
        // what is not acknowledged would be sent again and again, which is no silence
        int in_flight = 1;
        for (int ms = 0;
             ms < kPatienceMs && ::ioctl(pair.client.Get(), SIOCOUTQ, &in_flight) == 0 && in_flight > 0;
             ++ms) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        if (::setsockopt(pair.client.Get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0) {
            throw std::runtime_error("the proxy cannot fall silent");
        }
    }
}

void CuttingProxy::Loop() {
    while (!ends_) {
        std::vector<pollfd> looked{{.fd = listener_.Get(), .events = POLLIN, .revents = 0}};
        {
            const std::scoped_lock lock(mutex_);
            for (const auto& pair : pairs_) {
                const int client = pair.is_silent ? -1 : pair.client.Get();
                const int server = pair.is_silent ? -1 : pair.server.Get();
                looked.push_back({.fd = client, .events = POLLIN, .revents = 0});
                looked.push_back({.fd = server, .events = POLLIN, .revents = 0});
            }
        }
        if (::poll(looked.data(), looked.size(), kLookMs) <= 0) {
            continue;
        }
        const std::scoped_lock lock(mutex_);
        PassWhatCame(looked);
        if (looked[0].revents != 0) {
            Accept();
        }
    }
}

/// `looked`: the listener, then both ends of each pair.
void CuttingProxy::PassWhatCame(const std::vector<pollfd>& looked) {
    for (std::size_t i = (looked.size() - 1) / 2; i > 0; --i) {
        auto& pair = pairs_[i - 1];
        const bool ended =
            !pair.is_silent && ((looked[2 * i - 1].revents != 0 && !Pass(pair, Way::kToServer)) ||
                                (looked[2 * i].revents != 0 && !Pass(pair, Way::kToClient)));
        if (ended) {
            pairs_.erase(pairs_.begin() + static_cast<std::ptrdiff_t>(i) - 1);
        }
    }
}

void CuttingProxy::Accept() {
    UniqueFd client(::accept4(listener_.Get(), nullptr, nullptr, SOCK_CLOEXEC));
    UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = Here(std::stoi(target_));
    if (client.IsOpen() && ::connect(server.Get(), AsAny(address), sizeof(address)) == 0) {
        const int at_once = 1;
        for (const auto* const end : {&client, &server}) {
            ::setsockopt(end->Get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
        }
        pairs_.push_back({.client = std::move(client), .server = std::move(server)});
    }
}

/// False when the connection is over.
bool CuttingProxy::Pass(Pair& pair, Way way) {
    std::array<char, 65536> buffer{};
    const auto& from = way == Way::kToServer ? pair.client : pair.server;
    const auto& to = way == Way::kToServer ? pair.server : pair.client;
    const auto got = ::recv(from.Get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) {
        return false;
    }
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    const bool cuts = cut_ && cut_->way == way && cut_->left < bytes.size();
    if (cuts) {
        bytes = bytes.substr(0, cut_->left);
        cut_.reset();
    } else if (cut_ && cut_->way == way) {
        cut_->left -= bytes.size();
    }
    passed_.at(static_cast<std::size_t>(way)) += bytes.size();
    return SendAll(to, bytes) && !cuts;
}

}  // namespace notify::testing
