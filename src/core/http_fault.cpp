#include "core/http_fault.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <curl/curl.h>
#include <curl/system.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/http_client.hpp"

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

std::string Sentence(
    CURLcode code, std::string_view reason, const HttpRequest& request, std::string_view detail
) {
    const auto& host = request.url.Host();
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
    if (code == CURLE_GOT_NOTHING) {
        return fmt::format("{} closed the connection without an answer", host);
    }
    const bool telling = !detail.empty() && (reason == "tls" || reason == "proxy" || reason == "setup");
    return fmt::format("no answer from {}: {}", host, telling ? detail : curl_easy_strerror(code));
}

}  // namespace

Error TransportFault(CURLcode code, CURL* easy, const HttpRequest& request, std::string_view detail) {
    long tunnel = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &tunnel);
    auto reason = ReasonOf(code, tunnel != 0 && tunnel / 100 != 2);
    if (code == CURLE_OPERATION_TIMEDOUT && request.least_speed && detail.starts_with("Operation too slow")) {
        reason = "slow";
    } else if (code == CURLE_OPERATION_TIMEDOUT && !HasConnected(easy)) {
        reason = "connect";
    }
    return {
        .code = ErrorCode::kUnavailable,
        .reason = std::string(reason),
        .message = Sentence(code, reason, request, detail),
    };
}

}  // namespace notify
