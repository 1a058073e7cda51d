#pragma once

// Where requests go: an endpoint, the two ways of naming a bucket there, and the regions of Amazon.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/url.hpp"

namespace notify::s3 {

/// kAutomatic: the bucket in the host name at amazonaws.com, in the path everywhere else, and always in the
/// path when it has dots or capitals (no certificate covers them).
enum class Addressing : std::uint8_t { kAutomatic, kPath, kVirtualHost };

/// What a request is sent to and what is signed of it. `path` is encoded.
struct Target {
    Url url;
    std::string host;
    std::string path;
};

/// A value type; thread-safe to read.
class Endpoint final {
public:
    /// `url`: "https://s3.example:9000", with a path when the store is below one. kInvalidArgument: no
    /// http(s) URL, a query, a name or a password in it.
    [[nodiscard]] static Result<Endpoint> Parse(
        std::string_view url, std::string region = "us-east-1", Addressing addressing = Addressing::kAutomatic
    );

    /// Of the settings, until a bucket is known to be elsewhere.
    [[nodiscard]] const std::string& Region() const noexcept { return region_; }

    /// "store.example:9000", for sentences.
    [[nodiscard]] std::string Name() const;

    /// Without the port: "store.example".
    [[nodiscard]] const std::string& Host() const noexcept { return url_.Host(); }

    /// The same with the bucket always in the path.
    [[nodiscard]] Endpoint WithPaths() const;

    /// True at Amazon, where each region has a host of its own.
    [[nodiscard]] bool IsAmazon() const noexcept;

    /// The URL of an object, or of the bucket when `key` is empty. `key` is bytes; `query` is canonical and
    /// may be empty; `region` chooses the host at Amazon. kInvalidArgument: no bucket, or a name no URL can
    /// hold.
    [[nodiscard]] Result<Target> At(
        std::string_view bucket, std::string_view key, std::string_view query, std::string_view region
    ) const;

private:
    Endpoint(Url url, std::string base_path, std::string region, Addressing addressing);

    [[nodiscard]] bool NamesInHost(std::string_view bucket) const;
    [[nodiscard]] std::string HostOf(std::string_view region) const;

    Url url_;
    std::string base_path_;  ///< "" or "/below".
    std::string region_;
    Addressing addressing_;
};

}  // namespace notify::s3
