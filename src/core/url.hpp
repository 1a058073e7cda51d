#pragma once

// URLs, read by libcurl's own parser: what is checked is what is connected to.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

/// libcurl's handle, left incomplete here so that <curl/curl.h> stays out of headers.
struct Curl_URL;

namespace notify {

/// What becomes of "." and ".." in a path: a browser takes them for folders, a store for bytes of a key.
enum class PathDots : std::uint8_t { kResolved, kKept };

/// An absolute http or https URL. A value type; thread-safe to read.
class Url final {
public:
    /// kInvalidArgument when it is no absolute http(s) URL, or holds spaces, control characters or bytes
    /// outside ASCII. The sentence does not repeat the URL: it may hold a token.
    [[nodiscard]] static Result<Url> Parse(std::string_view text, PathDots dots = PathDots::kResolved);

    /// Where a Location header of this URL's answer leads: an absolute URL, or one relative to this. Errors
    /// of Parse.
    [[nodiscard]] Result<Url> Resolve(std::string_view reference) const;

    ~Url();
    Url(const Url& other);
    Url& operator=(const Url& other);
    Url(Url&&) noexcept;
    Url& operator=(Url&&) noexcept;

    /// The whole URL, normalised.
    [[nodiscard]] const std::string& Text() const noexcept { return text_; }

    /// "http" or "https".
    [[nodiscard]] const std::string& Scheme() const noexcept { return scheme_; }

    /// Lower-case name, or an address without brackets: "127.1" and "0x7f000001" are "127.0.0.1" here.
    [[nodiscard]] const std::string& Host() const noexcept { return host_; }

    /// The port given, or that of the scheme.
    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }

    /// True for "http://name:password@host/".
    [[nodiscard]] bool HasUserInfo() const noexcept { return has_user_info_; }

    /// True for "http://[fe80::1%25eth0]/".
    [[nodiscard]] bool HasZone() const noexcept { return has_zone_; }

    /// libcurl's own handle, for CURLOPT_CURLU. Null only in a moved-from URL.
    [[nodiscard]] Curl_URL* Handle() const noexcept { return handle_.get(); }

private:
    struct Deleter {
        void operator()(Curl_URL* handle) const noexcept;
    };

    explicit Url(std::unique_ptr<Curl_URL, Deleter> handle);

    [[nodiscard]] static Result<Url> Set(
        std::unique_ptr<Curl_URL, Deleter> handle, std::string_view text, PathDots dots
    );

    std::unique_ptr<Curl_URL, Deleter> handle_;
    std::string text_;
    std::string scheme_;
    std::string host_;
    std::uint16_t port_ = 0;
    bool has_user_info_ = false;
    bool has_zone_ = false;
};

/// True for an origin as browsers write it: scheme, host and, where it is not the scheme's, port; in lower
/// case, nothing behind them. "*" and "null" are none.
[[nodiscard]] bool IsOrigin(std::string_view text);

}  // namespace notify
