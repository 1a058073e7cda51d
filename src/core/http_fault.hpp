#pragma once

// Why a transfer of libcurl's came to nothing: for http_client.cpp alone.

#include <cstddef>
#include <string_view>

#include <curl/curl.h>

#include "core/error.hpp"
#include "core/http_client.hpp"

namespace notify {

/// The most bytes of an answer's headers.
inline constexpr std::size_t kMaxHttpHeaderBytes = 64U << 10U;

/// kUnavailable with the reasons of HttpClient::Send. `detail` is what CURLOPT_ERRORBUFFER holds; `easy` has
/// just ended with `code`. Names the proxy of `settings` where one was gone through, without its password.
[[nodiscard]] Error TransportFault(
    CURLcode code,
    CURL* easy,
    const HttpRequest& request,
    const HttpClientSettings& settings,
    std::string_view detail
);

}  // namespace notify
