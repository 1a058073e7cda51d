#include "core/http_client.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <curl/easy.h>
#include <curl/multi.h>
#include <curl/system.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "core/error.hpp"
#include "core/http_fault.hpp"
#include "core/http_transport.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "core/trimmed.hpp"

namespace notify {

namespace {

struct EasyDeleter {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};

struct MultiDeleter {
    void operator()(CURLM* handle) const noexcept { curl_multi_cleanup(handle); }
};

using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;
using MultiHandle = std::unique_ptr<CURLM, MultiDeleter>;

/// What the callbacks of one transfer share.
struct Transfer {
    const HttpRequest& request;
    HttpResponse response;
    std::size_t header_bytes = 0;
    std::optional<Error> refused;
    std::array<char, CURL_ERROR_SIZE> detail{};
};

void InitialiseOnce() {
    static std::once_flag once;
    std::call_once(once, [] {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        // OpenSSL writes to sockets that the other side has closed; without signals of its own libcurl leaves
        // what follows to us
        struct sigaction present{};
        if (::sigaction(SIGPIPE, nullptr, &present) == 0 && present.sa_handler == SIG_DFL) {
            std::signal(SIGPIPE, SIG_IGN);
        }
    });
}

Result<ResolvedAddress> ReadAddress(const curl_sockaddr& address) {
    if (address.family == AF_INET && address.addrlen >= sizeof(sockaddr_in)) {
        sockaddr_in in{};
        std::memcpy(&in, &address.addr, sizeof in);
        return ResolvedAddress{.ip = IpAddress::V4(ntohl(in.sin_addr.s_addr)), .port = ntohs(in.sin_port)};
    }
    if (address.family == AF_INET6 && address.addrlen >= sizeof(sockaddr_in6)) {
        sockaddr_in6 in{};
        std::memcpy(&in, &address.addr, sizeof in);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
        return ResolvedAddress{.ip = IpAddress::V6(bytes), .port = ntohs(in.sin6_port)};
    }
    return Fail(ErrorCode::kForbidden, "an address that is neither IPv4 nor IPv6");
}

curl_socket_t OpenSocket(void* context, curlsocktype /*purpose*/, curl_sockaddr* address) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.request.guard) {
        const auto allowed = ReadAddress(*address).and_then(transfer.request.guard);
        if (!allowed) {
            transfer.refused = allowed.error();
            return CURL_SOCKET_BAD;
        }
        transfer.refused.reset();  // what comes of this address counts, not that another was refused
    }
    // NOLINTNEXTLINE(bugprone-signed-bitwise): the kernel's own flags are signed
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t TakeBody(char* bytes, std::size_t /*one*/, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    if (transfer.request.take_body) {
        const auto taken = transfer.request.take_body(transfer.response, std::string_view(bytes, count));
        if (!taken) {
            transfer.refused = taken.error();
        }
        return taken ? count : 0;
    }
    auto& body = transfer.response.body;
    const auto room = transfer.request.max_response_bytes - body.size();
    body.append(bytes, std::min(room, count));
    transfer.response.body_cut = count > room;
    return transfer.response.body_cut ? 0 : count;
}

std::size_t TakeHeader(char* bytes, std::size_t /*one*/, std::size_t count, void* context) {
    auto& transfer = *static_cast<Transfer*>(context);
    transfer.header_bytes += count;
    if (transfer.header_bytes > kMaxHttpHeaderBytes) {
        return 0;
    }
    const std::string_view line(bytes, count);
    if (line.starts_with("HTTP/")) {
        transfer.response.headers.clear();  // an interim answer (1xx) came before the one that counts
        const auto space = line.find(' ');
        if (space != std::string_view::npos) {
            std::from_chars(line.data() + space + 1, line.data() + count, transfer.response.status);
        }
    } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
        std::string name(line.substr(0, colon));
        std::ranges::transform(name, name.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
        });
        transfer.response.headers.emplace_back(std::move(name), Trimmed(line.substr(colon + 1)));
    }
    return count;
}

Result<TextList> MakeHeaders(const HttpHeaders& headers) {
    TextList list;
    const auto append = [&](const std::string& line) {
        // on success the list's head moves into the new one, which owns all of it
        if (auto* longer = curl_slist_append(list.get(), line.c_str())) {
            static_cast<void>(list.release());  // NOLINT(bugprone-unused-return-value)
            list.reset(longer);
        }
    };
    append("Expect:");
    bool typed = false;
    for (const auto& [name, value] : headers) {
        if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            return Fail(ErrorCode::kInvalidArgument, "a request header holds a line break");
        }
        typed = typed || name == "content-type";
        append(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
    }
    if (!typed) {
        append("Content-Type:");
    }
    return list;
}

void SetLimits(CURL* easy, const HttpRequest& request) {
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, long{request.connect_timeout.count()});
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, long{request.total_timeout.count()});
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a name server that hangs does not hold up a stop
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
    if (request.least_speed) {
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, request.least_speed->bytes_per_second);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, long{request.least_speed->during.count()});
    }
}

void SetIfGiven(CURL* easy, CURLoption option, const std::string& value) {
    if (!value.empty()) {
        curl_easy_setopt(easy, option, value.c_str());
    }
}

void SetNetwork(CURL* easy, const HttpClientSettings& settings) {
    curl_easy_setopt(easy, CURLOPT_USERAGENT, settings.user_agent.c_str());
    // set even when empty: nothing is taken from the environment
    curl_easy_setopt(easy, CURLOPT_PROXY, settings.proxy.c_str());
    curl_easy_setopt(easy, CURLOPT_NOPROXY, settings.no_proxy.c_str());
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    SetIfGiven(easy, CURLOPT_CAINFO, settings.ca_file);
    SetIfGiven(easy, CURLOPT_PROXY_CAINFO, settings.ca_file);
    SetIfGiven(easy, CURLOPT_SSLCERT, settings.client_certificate);
    SetIfGiven(easy, CURLOPT_SSLKEY, settings.client_key);
    SetIfGiven(easy, CURLOPT_INTERFACE, settings.bind_address);
    if (!settings.keep_connections) {
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
}

void SetCallbacks(CURL* easy, Transfer& transfer) {
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &TakeBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &TakeHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
}

void SetMethod(CURL* easy, const HttpRequest& request) {
    if (request.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (request.method != "GET" || !request.body.empty()) {
        curl_easy_setopt(
            easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{static_cast<curl_off_t>(request.body.size())}
        );
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

/// Runs the transfer to its end; nothing when it was stopped before.
std::optional<CURLcode> Run(CURLM* multi, CURL* easy, const std::stop_token& stop) {
    const std::stop_callback wake(stop, [multi] { curl_multi_wakeup(multi); });
    curl_multi_add_handle(multi, easy);
    std::optional<CURLcode> outcome;
    int running = 1;
    while (!outcome && !stop.stop_requested()) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) {
            outcome = CURLE_FAILED_INIT;
        }
        int left = 0;
        while (const auto* message = curl_multi_info_read(multi, &left)) {
            if (message->msg == CURLMSG_DONE) {
                outcome = message->data.result;
            }
        }
        if (!outcome) {
            curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
        }
    }
    curl_multi_remove_handle(multi, easy);
    return outcome;
}

}  // namespace

/// Idle multi handles, each with the connections that its transfers to one place left open.
class HttpClient::KeptConnections {
public:
    /// The one that was given last for `place`, else a new one.
    MultiHandle Take(std::string_view place) {
        const std::scoped_lock lock(mutex_);
        const auto newest_first = std::views::reverse(idle_);
        const auto fits = std::ranges::find(newest_first, place, &Idle::place);
        if (fits == newest_first.end()) {
            return MultiHandle(curl_multi_init());
        }
        auto multi = std::move(fits->multi);
        idle_.erase(std::next(fits).base());
        return multi;
    }

    void Give(std::string place, MultiHandle multi) {
        MultiHandle longest_idle;  // closed after the lock
        const std::scoped_lock lock(mutex_);
        idle_.push_back({.place = std::move(place), .multi = std::move(multi)});
        if (idle_.size() > kMostIdle) {
            longest_idle = std::move(idle_.front().multi);
            idle_.pop_front();
        }
    }

private:
    struct Idle {
        std::string place;
        MultiHandle multi;
    };

    static constexpr std::size_t kMostIdle = 128;

    std::mutex mutex_;
    std::deque<Idle> idle_;
};

HttpClient::HttpClient(HttpClientSettings settings) : settings_(std::move(settings)) {
    InitialiseOnce();
    if (settings_.keep_connections) {
        kept_ = std::make_unique<KeptConnections>();
    }
}

HttpClient::~HttpClient() = default;

Result<HttpResponse> HttpClient::Send(const HttpRequest& request, const std::stop_token& stop) const {
    auto headers = MakeHeaders(request.headers);
    if (!headers) {
        return Unexpected(headers.error());
    }
    Transfer transfer{.request = request, .response = {}, .refused = {}};
    auto place = PlaceOf(request);
    const auto settings = SettingsFor(request, settings_);
    const auto pinned = PinnedHost(request);
    auto multi = kept_ ? kept_->Take(place) : MultiHandle(curl_multi_init());
    const EasyHandle easy(curl_easy_init());
    if (!multi || !easy || request.url.Handle() == nullptr) {
        return Fail(ErrorCode::kInternal, "libcurl gave no handle");
    }
    curl_easy_setopt(easy.get(), CURLOPT_CURLU, request.url.Handle());
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers->get());
    curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, transfer.detail.data());
    SetLimits(easy.get(), request);
    SetNetwork(easy.get(), settings);
    SetTransport(easy.get(), request.transport);
    curl_easy_setopt(easy.get(), CURLOPT_CONNECT_TO, pinned.get());
    SetCallbacks(easy.get(), transfer);
    SetMethod(easy.get(), request);
    const auto code = Run(multi.get(), easy.get(), stop);
    if (kept_) {
        kept_->Give(std::move(place), std::move(multi));
    }
    if (!code) {
        return Fail(ErrorCode::kStopped, "the request was stopped");
    }
    if (*code != CURLE_OK && !transfer.response.body_cut) {
        return Unexpected(
            transfer.refused ? *transfer.refused
                             : TransportFault(*code, easy.get(), request, settings, transfer.detail.data())
        );
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    transfer.response.status = static_cast<int>(status);
    return std::move(transfer.response);
}

}  // namespace notify
