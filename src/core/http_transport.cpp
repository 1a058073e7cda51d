#include "core/http_transport.hpp"

#include <string>

#include <curl/curl.h>
#include <curl/easy.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/hash.hpp"
#include "core/http_client.hpp"
#include "core/ip_address.hpp"

namespace notify {

namespace {

void SetBlob(CURL* easy, CURLoption option, const std::string& text) {
    if (!text.empty()) {
        // libcurl only reads it
        curl_blob blob{.data = const_cast<char*>(text.data()), .len = text.size(), .flags = CURL_BLOB_COPY};
        curl_easy_setopt(easy, option, &blob);
    }
}

}  // namespace

TextList PinnedHost(const HttpRequest& request) {
    if (!request.pinned) {
        return {};
    }
    const auto& address = *request.pinned;
    const auto text = address.IsV4() ? address.ToString() : fmt::format("[{}]", address.ToString());
    const auto& url = request.url;
    const auto host =
        url.Host().find(':') != std::string::npos ? fmt::format("[{}]", url.Host()) : url.Host();
    const auto line = fmt::format("{}:{}:{}:{}", host, url.Port(), text, url.Port());
    return TextList(curl_slist_append(nullptr, line.c_str()));
}

void SetTransport(CURL* easy, const HttpTransport& transport) {
    SetBlob(easy, CURLOPT_CAINFO_BLOB, transport.ca);
    SetBlob(easy, CURLOPT_PROXY_CAINFO_BLOB, transport.ca);
    if (!transport.ca.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
        curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, nullptr);
    }
    SetBlob(easy, CURLOPT_SSLCERT_BLOB, transport.client_certificate);
    SetBlob(easy, CURLOPT_SSLKEY_BLOB, transport.client_key);
    curl_easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, transport.proxy.empty() ? 0L : 1L);
}

HttpClientSettings SettingsFor(const HttpRequest& request, HttpClientSettings settings) {
    if (!request.transport.proxy.empty()) {
        settings.proxy = request.transport.proxy;
        settings.no_proxy.clear();
    }
    return settings;
}

std::string PlaceOf(const HttpRequest& request) {
    const auto& url = request.url;
    auto place = fmt::format("{}://{}:{}", url.Scheme(), url.Host(), url.Port());
    if (const auto& own = request.transport; own != HttpTransport()) {
        const auto all =
            fmt::format("{}", fmt::join({own.proxy, own.ca, own.client_certificate, own.client_key}, "\n"));
        place += " " + Sha256Hex(all);  // it is kept with the connection: no key or password is
    }
    return request.pinned ? place + " " + request.pinned->ToString() : place;
}

}  // namespace notify
