#include "sources/sqs/queue_address.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/url.hpp"

namespace notify::sqs {

namespace {

/// "host:port", the port when it is not the scheme's.
std::string HostOf(const Url& url) {
    const auto host = url.Host().find(':') == std::string::npos ? url.Host() : "[" + url.Host() + "]";
    const bool usual = url.Port() == (url.Scheme() == "https" ? 443 : 80);
    return usual ? host : fmt::format("{}:{}", host, url.Port());
}

std::string PathOf(const Url& url) {
    const auto& text = url.Text();
    return text.substr(std::min(text.find('/', text.find("://") + 3), text.size()));
}

Result<Url> Plain(std::string_view pointer, std::string_view text) {
    auto url = Url::Parse(text);
    if (!url) {
        return Unexpected(url.error().Within(pointer));
    }
    if (url->HasUserInfo()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{}: leave out name and password: credentials are given with sources secret", pointer)
        );
    }
    if (url->Text().find_first_of("?#") != std::string::npos) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("{}: leave out what follows the path", pointer));
    }
    return url;
}

/// "https://sqs.us-east-2.amazonaws.com/1234/name", "https://us-east-2.queue.amazonaws.com/…" (the old form),
/// "https://vpce-….sqs.us-east-2.vpce.amazonaws.com/…", and LocalStack's; "" when the host tells none.
std::string RegionOf(std::string_view host) {
    std::vector<std::string_view> labels;
    while (!host.empty()) {
        const auto dot = std::min(host.find('.'), host.size());
        labels.push_back(host.substr(0, dot));
        host.remove_prefix(std::min(dot + 1, host.size()));
    }
    for (std::size_t i = 0; i + 1 < labels.size(); ++i) {
        const bool old_form = labels[i] == "queue" && labels[i + 1] == "amazonaws";
        if (old_form) {
            return i == 0 ? "us-east-1" : std::string(labels[i - 1]);
        }
        const bool named = labels[i] == "sqs" || labels[i] == "sqs-fips";
        if (named && labels[i + 1].find('-') != std::string_view::npos) {
            return std::string(labels[i + 1]);
        }
    }
    return {};
}

bool IsRegion(std::string_view region) {
    return region.size() <= 64 && std::ranges::all_of(region, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

}  // namespace

Result<QueueAddress> ReadQueueAddress(
    std::string_view queue_url, std::string_view endpoint, std::string_view region
) {
    const auto queue = Plain("/queue_url", queue_url);
    if (!queue) {
        return Unexpected(queue.error());
    }
    const auto path = PathOf(*queue);
    auto name = path.substr(path.rfind('/') + 1);
    if (name.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/queue_url: must be the whole URL of the queue, like "
            "https://sqs.us-east-2.amazonaws.com/123456789012/events"
        );
    }
    auto at = endpoint.empty() ? Plain("/queue_url", fmt::format("{}://{}/", queue->Scheme(), HostOf(*queue)))
                               : Plain("/endpoint", endpoint);
    if (!at) {
        return Unexpected(at.error());
    }
    auto of = region.empty() ? RegionOf(queue->Host()) : std::string(region);
    if (of.empty() || !IsRegion(of)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/region: give the region of the queue, like us-east-2; its URL does not tell it"
        );
    }
    auto host = HostOf(*at);
    auto below = PathOf(*at);
    return QueueAddress{
        .endpoint = *std::move(at),
        .host = std::move(host),
        .path = below.empty() ? "/" : std::move(below),
        .region = std::move(of),
        .queue_url = std::string(queue_url),
        .name = std::move(name)
    };
}

}  // namespace notify::sqs
