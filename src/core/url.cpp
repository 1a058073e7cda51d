#include "core/url.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <curl/urlapi.h>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

/// A part as libcurl tells it; empty when the URL does not have it.
std::string Part(CURLU* handle, CURLUPart part, unsigned int flags = 0) {
    char* text = nullptr;
    if (curl_url_get(handle, part, &text, flags) != CURLUE_OK || text == nullptr) {
        return {};
    }
    std::string copy(text);
    curl_free(text);
    return copy;
}

bool IsPrintableAscii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

void Url::Deleter::operator()(Curl_URL* handle) const noexcept {
    curl_url_cleanup(handle);
}

Url::Url(std::unique_ptr<Curl_URL, Deleter> handle) : handle_(std::move(handle)) {
    text_ = Part(handle_.get(), CURLUPART_URL);
    scheme_ = Part(handle_.get(), CURLUPART_SCHEME);
    host_ = Part(handle_.get(), CURLUPART_HOST);
    if (host_.starts_with('[') && host_.ends_with(']')) {
        host_ = host_.substr(1, host_.size() - 2);
    }
    std::ranges::transform(host_, host_.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    const auto port = Part(handle_.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
    std::from_chars(port.data(), port.data() + port.size(), port_);
    has_user_info_ =
        !Part(handle_.get(), CURLUPART_USER).empty() || !Part(handle_.get(), CURLUPART_PASSWORD).empty();
    has_zone_ = !Part(handle_.get(), CURLUPART_ZONEID).empty();
}

Url::~Url() = default;
Url::Url(Url&&) noexcept = default;
Url& Url::operator=(Url&&) noexcept = default;

Url::Url(const Url& other) : Url(std::unique_ptr<Curl_URL, Deleter>(curl_url_dup(other.handle_.get()))) {}

Url& Url::operator=(const Url& other) {
    if (this != &other) {
        *this = Url(other);
    }
    return *this;
}

Result<Url> Url::Parse(std::string_view text, PathDots dots) {
    return Set(std::unique_ptr<Curl_URL, Deleter>(curl_url()), text, dots);
}

Result<Url> Url::Resolve(std::string_view reference) const {
    return Set(
        std::unique_ptr<Curl_URL, Deleter>(curl_url_dup(handle_.get())), reference, PathDots::kResolved
    );
}

/// libcurl reads what is no absolute URL relative to the one that the handle holds, if it holds one.
Result<Url> Url::Set(std::unique_ptr<Curl_URL, Deleter> handle, std::string_view text, PathDots dots) {
    if (!IsPrintableAscii(text)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "the URL holds spaces, control characters or characters outside ASCII; write them encoded"
        );
    }
    const unsigned int flags = dots == PathDots::kKept ? CURLU_PATH_AS_IS : 0;
    const auto code = curl_url_set(handle.get(), CURLUPART_URL, std::string(text).c_str(), flags);
    if (code != CURLUE_OK) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("not a URL: {}", curl_url_strerror(code)));
    }
    Url url(std::move(handle));
    if (url.scheme_ != "http" && url.scheme_ != "https") {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("a URL of scheme '{}'; allowed are http and https", url.scheme_)
        );
    }
    if (url.host_.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "the URL names no host");
    }
    return url;
}

bool IsOrigin(std::string_view text) {
    const auto url = Url::Parse(text);
    if (!url) {
        return false;
    }
    const bool is_v6 = url->Host().find(':') != std::string::npos;
    const auto host = is_v6 ? fmt::format("[{}]", url->Host()) : url->Host();
    const bool is_usual = url->Port() == (url->Scheme() == "https" ? 443 : 80);
    return text ==
           fmt::format("{}://{}{}", url->Scheme(), host, is_usual ? "" : fmt::format(":{}", url->Port()));
}

}  // namespace notify
