#pragma once

// What one request has of its own on its way, and texts for libcurl: for http_client.cpp alone.

#include <memory>
#include <string>

#include <curl/curl.h>

#include "core/http_client.hpp"

namespace notify {

struct TextListDeleter {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

using TextList = std::unique_ptr<curl_slist, TextListDeleter>;

/// "host:port:address:port": a list that must outlive the transfer; empty when the host is to be asked for.
[[nodiscard]] TextList PinnedHost(const HttpRequest& request);

/// What of it is not empty.
void SetTransport(CURL* easy, const HttpTransport& transport);

/// The client's settings with what the request has of its own.
[[nodiscard]] HttpClientSettings SettingsFor(const HttpRequest& request, HttpClientSettings settings);

/// Requests that may go over one connection have the same.
[[nodiscard]] std::string PlaceOf(const HttpRequest& request);

}  // namespace notify
