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
/// just ended with `code`.
[[nodiscard]] Error TransportFault(
    CURLcode code, CURL* easy, const HttpRequest& request, std::string_view detail
);

}  // namespace notify
