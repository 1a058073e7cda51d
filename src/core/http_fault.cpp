#include "core/http_fault.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <curl/curl.h>
#include <curl/system.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/proxy.hpp"

namespace notify {

namespace {

/// The reason word of HttpClient::Send. `through_proxy`: the proxy answered, and not with a tunnel.
std::string_view ReasonOf(CURLcode code, bool through_proxy) {
    if (through_proxy) {
        return "proxy";
    }
    // NOLINTNEXTLINE(clang-diagnostic-switch-enum): libcurl has a hundred of them
    switch (static_cast<int>(code)) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return "name";
        case CURLE_COULDNT_CONNECT:
            return "connect";
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_PROXY:
            return "proxy";
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
            return "tls";
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_INTERFACE_FAILED:
            return "setup";
        case CURLE_OPERATION_TIMEDOUT:
            return "timeout";
        default:
            return "broken";
    }
}

bool HasConnected(CURL* easy) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &microseconds);
    return microseconds > 0;
}

long Told(CURL* easy, CURLINFO what) {
    long number = 0;
    curl_easy_getinfo(easy, what, &number);
    return number;
}

/// Of a transfer that went through a proxy: true when it ended before anything of the other side was seen.
bool EndedAtProxy(CURL* easy, std::string_view reason, const HttpRequest& request) {
    // over http an answer, and its absence, may be either's
    const bool waits_for_tunnel = request.url.Scheme() == "https" && Told(easy, CURLINFO_NUM_CONNECTS) > 0 &&
                                  Told(easy, CURLINFO_HTTP_CONNECTCODE) == 0;
    return reason == "connect" || (waits_for_tunnel && reason != "setup");
}

std::string ProxySentence(CURLcode code, const std::string& proxy, std::string_view detail) {
    if (code == CURLE_COULDNT_RESOLVE_PROXY) {
        return fmt::format("the host of the proxy {} is not known", proxy);
    }
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING) {
        return fmt::format("the proxy {} does not answer", proxy);
    }
    return fmt::format("the proxy {}: {}", proxy, detail.empty() ? curl_easy_strerror(code) : detail);
}

/// How a transfer ended.
struct Ended {
    CURLcode code = CURLE_OK;
    std::string_view reason;
    std::string_view detail;
    bool asked = false;  ///< The request, or a part of it, was sent.
};

/// `host`: who was asked, and through which proxy.
std::string Sentence(const Ended& ended, const HttpRequest& request, const std::string& host) {
    const auto& [code, reason, detail, asked] = ended;
    if (reason == "slow" && request.least_speed) {
        return fmt::format(
            "{} sent less than {} bytes a second for {} s",
            host,
            request.least_speed->bytes_per_second,
            request.least_speed->during.count()
        );
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return fmt::format(
            "{} did not connect within {:g} s or not answer within {:g} s",
            host,
            std::chrono::duration<double>(request.connect_timeout).count(),
            std::chrono::duration<double>(request.total_timeout).count()
        );
    }
    if (code == CURLE_WRITE_ERROR) {
        return fmt::format("{} sent more than {} bytes of headers", host, kMaxHttpHeaderBytes);
    }
    if (code == CURLE_OUT_OF_MEMORY && asked) {  // so it says that its room for a header's line is full
        return fmt::format("{} sent more than {} bytes as one header", host, CURL_MAX_HTTP_HEADER);
    }
    if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY) {
        return fmt::format("{} answered with something that is not HTTP", host);
    }
    if (code == CURLE_GOT_NOTHING) {
        return fmt::format("{} closed the connection without an answer", host);
    }
    const bool telling = !detail.empty() && (reason == "tls" || reason == "setup");
    return fmt::format("no answer from {}: {}", host, telling ? detail : curl_easy_strerror(code));
}

}  // namespace

Error TransportFault(
    CURLcode code,
    CURL* easy,
    const HttpRequest& request,
    const HttpClientSettings& settings,
    std::string_view detail
) {
    const auto& host = request.url.Host();
    const bool by_proxy = !settings.proxy.empty() && !IsLeftOut(host, settings.no_proxy);
    const auto proxy = ProxyName(settings.proxy);
    const auto tunnel = Told(easy, CURLINFO_HTTP_CONNECTCODE);
    auto reason = ReasonOf(code, tunnel != 0 && tunnel / 100 != 2);
    if (code == CURLE_OPERATION_TIMEDOUT && request.least_speed && detail.starts_with("Operation too slow")) {
        reason = "slow";
    } else if (code == CURLE_OPERATION_TIMEDOUT && !HasConnected(easy)) {
        reason = "connect";
    }
    if (by_proxy && EndedAtProxy(easy, reason, request)) {
        reason = "proxy";
    }
    const Ended ended{
        .code = code, .reason = reason, .detail = detail, .asked = Told(easy, CURLINFO_REQUEST_SIZE) > 0
    };
    const auto asked = by_proxy ? fmt::format("{} through the proxy {}", host, proxy) : host;
    return {
        .code = ErrorCode::kUnavailable,
        .reason = std::string(reason),
        .message = reason == "proxy" ? ProxySentence(code, proxy, detail) : Sentence(ended, request, asked),
    };
}

}  // namespace notify
