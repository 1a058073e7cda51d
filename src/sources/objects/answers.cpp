#include "sources/objects/answers.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "core/http_client.hpp"

namespace notify::objects {

std::optional<std::uint64_t> WholeNumber(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

std::optional<std::uint64_t> ContentLength(const HttpResponse& response) {
    return WholeNumber(response.Header("content-length"));
}

bool LooksLikeHtml(std::string_view body) {
    const auto first = body.find_first_not_of(" \t\r\n\xef\xbb\xbf");
    std::string start(first == std::string_view::npos ? std::string_view() : body.substr(first, 200));
    std::ranges::transform(start, start.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return start.starts_with("<!doctype html") || start.starts_with("<html") ||
           (start.starts_with('<') && start.find("<html") != std::string::npos);
}

std::string BareEtag(std::string_view etag) {
    if (etag.starts_with("W/")) {
        etag.remove_prefix(2);
    }
    if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"')) {
        etag = etag.substr(1, etag.size() - 2);
    }
    return std::string(etag);
}

}  // namespace notify::objects
