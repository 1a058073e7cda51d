#include "sources/s3/endpoint.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "sources/s3/sigv4.hpp"

namespace notify::s3 {

namespace {

constexpr std::string_view kAmazon = ".amazonaws.com";

/// A label of a host name, as certificates with a wildcard cover it.
bool IsLabel(std::string_view bucket) {
    return !bucket.empty() && bucket.size() <= 63 && std::ranges::all_of(bucket, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

}  // namespace

Endpoint::Endpoint(Url url, std::string base_path, std::string region, Addressing addressing)
    : url_(std::move(url)),
      base_path_(std::move(base_path)),
      region_(std::move(region)),
      addressing_(addressing) {}

Result<Endpoint> Endpoint::Parse(std::string_view url, std::string region, Addressing addressing) {
    auto parsed = Url::Parse(url);
    if (!parsed) {
        return Unexpected(parsed.error().Within("the endpoint"));
    }
    if (parsed->HasUserInfo()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "the endpoint holds a name or a password; credentials belong in fields of their own"
        );
    }
    const auto& text = parsed->Text();
    if (text.find_first_of("?#") != std::string::npos) {
        return Fail(
            ErrorCode::kInvalidArgument, "the endpoint has a query; give scheme, host and port alone"
        );
    }
    auto path = text.substr(std::min(text.find('/', text.find("://") + 3), text.size()));
    path.erase(path.find_last_not_of('/') + 1);
    if (region.empty()) {
        region = "us-east-1";
    }
    return Endpoint(std::move(*parsed), std::move(path), std::move(region), addressing);
}

std::string Endpoint::Name() const {
    const auto host = url_.Host().find(':') == std::string::npos ? url_.Host() : "[" + url_.Host() + "]";
    const bool usual = url_.Port() == (url_.Scheme() == "https" ? 443 : 80);
    return usual ? host : fmt::format("{}:{}", host, url_.Port());
}

Endpoint Endpoint::WithPaths() const {
    return {url_, base_path_, region_, Addressing::kPath};
}

bool Endpoint::IsAmazon() const noexcept {
    const std::string_view host = url_.Host();
    return host.starts_with("s3") && (host.ends_with(kAmazon) || host.ends_with(".amazonaws.com.cn"));
}

bool Endpoint::NamesInHost(std::string_view bucket) const {
    const bool wanted =
        addressing_ == Addressing::kVirtualHost || (addressing_ == Addressing::kAutomatic && IsAmazon());
    return wanted && IsLabel(bucket);
}

std::string Endpoint::HostOf(std::string_view region) const {
    // "s3-accelerate", "s3.dualstack…" and the like stay as they were given
    const auto name = Name();
    const bool plain = name == "s3.amazonaws.com" || name == fmt::format("s3.{}{}", region_, kAmazon);
    return plain && region != region_ ? fmt::format("s3.{}{}", region, kAmazon) : name;
}

Result<Target> Endpoint::At(
    std::string_view bucket, std::string_view key, std::string_view query, std::string_view region
) const {
    if (bucket.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "no bucket is named");
    }
    std::string host = HostOf(region);
    std::string path = base_path_;
    if (NamesInHost(bucket)) {
        host = fmt::format("{}.{}", bucket, host);
        path += '/';
    } else {
        path += "/" + EncodeComponent(bucket) + (key.empty() ? "" : "/");
    }
    path += EncodePath(key);
    auto url = Url::Parse(
        fmt::format("{}://{}{}{}{}", url_.Scheme(), host, path, query.empty() ? "" : "?", query),
        PathDots::kKept
    );
    if (!url) {
        return Unexpected(url.error());
    }
    return Target{.url = std::move(*url), .host = std::move(host), .path = std::move(path)};
}

}  // namespace notify::s3
