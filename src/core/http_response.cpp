// What headers of an answer say.

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <curl/curl.h>

#include "core/clock.hpp"
#include "core/http_client.hpp"

namespace notify {

namespace {

std::optional<Timestamp> ReadDate(std::string_view text) {
    const auto date = text.empty() ? -1 : curl_getdate(std::string(text).c_str(), nullptr);
    return date < 0 ? std::nullopt : std::optional(Timestamp(std::chrono::seconds(date)));
}

}  // namespace

std::string_view HttpResponse::Header(std::string_view name) const noexcept {
    const auto found =
        std::ranges::find(headers, name, [](const auto& header) { return std::string_view(header.first); });
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<std::chrono::milliseconds> RetryAfter(const HttpResponse& response, Timestamp now) {
    const auto text = response.Header("retry-after");
    if (text.empty()) {
        return std::nullopt;
    }
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size()) {
        return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 1'000'000'000));
    }
    const auto date = ReadDate(text);
    return date ? std::optional(std::max(*date - now, std::chrono::milliseconds(0))) : std::nullopt;
}

std::optional<Timestamp> ServerTime(const HttpResponse& response) {
    return ReadDate(response.Header("date"));
}

std::optional<Timestamp> ModifiedTime(const HttpResponse& response) {
    return ReadDate(response.Header("last-modified"));
}

}  // namespace notify
