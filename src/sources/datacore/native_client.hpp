#pragma once

// One storage domain of Swarm over its own HTTP API (SCSP, as the Content Gateway speaks it): list, look at,
// read by ranges, write, remove. Source: "SCSP Methods" and "Listing Operations" of Swarm's documentation.

#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/datacore/native_page.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/pace.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/objects/store_client.hpp"
#include "sources/s3/endpoint.hpp"

namespace notify::datacore {

struct NativeSettings {
    s3::Endpoint endpoint;            ///< Addressing::kPath: this API has the bucket in the path.
    std::string domain;               ///< The storage domain; "" is the endpoint's host.
    HttpClientSettings network = {};  ///< Connections are kept whatever it says.
    objects::RetryLimits retry = {};
    objects::Limits limits = {};
    LeastSpeed least_speed = {};
    std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);
};

/// Asked before each request for a token's id, on any thread; what it fails with the request fails with.
/// `refused` is null, or the token that the store refused last: another is given in its place when there is
/// one, and tried at once. So a new token needs no restart, and one that comes before its time does no harm.
using TokenProvider = std::function<Result<std::string>(const std::string* refused)>;

struct NativeListRequest {
    std::string prefix;
    std::string marker;  ///< A key: only keys behind it, in the order of their bytes.
    int size = 1000;     ///< Of a page, ≥ 1; the index may tell fewer.
};

struct NativeObjectInfo {
    std::uint64_t size_bytes = 0;
    std::string etag;  ///< Opaque: another one with each write. "" when the store tells none.
    std::optional<Timestamp> modified_at;
    std::string content_type;
};

/// Thread-safe. Functions block, and end with kStopped soon after a stop is requested. Errors have stage
/// "store" and a reason of objects/faults.hpp; none holds a token.
class NativeClient final {
public:
    /// `clock` outlives it.
    NativeClient(NativeSettings settings, TokenProvider token, const Clock& clock);

    /// A page of what the search index knows: it learns of objects some time after they are there, so that
    /// what is missing from it need not be gone. As the store sent it; native_listing.hpp guards against what
    /// it may do.
    [[nodiscard]] Result<std::vector<ListedObject>> List(
        const std::string& bucket, const NativeListRequest& request, const std::stop_token& stop
    );

    /// kNotFound (no_object) when there is none; the sentence names a missing bucket as such.
    [[nodiscard]] Result<NativeObjectInfo> Head(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    );

    /// Fills `into` from `request.offset`; a body that breaks off is continued. kConflict (object_changed):
    /// it is another version now, whether the store honours If-Match or not. After an error the contents of
    /// `into` mean nothing.
    [[nodiscard]] Result<void> Read(
        const std::string& bucket,
        const std::string& key,
        const objects::ReadRequest& request,
        std::span<std::byte> into,
        const std::stop_token& stop
    );

    /// Writes the object, replacing what is there; returns its ETag. Metadata NAME is Swarm's header
    /// x-NAME-meta, which is x-amz-meta-NAME of its S3.
    [[nodiscard]] Result<std::string> Write(
        const std::string& bucket,
        const std::string& key,
        std::string_view bytes,
        const objects::WrittenAs& as,
        const std::stop_token& stop
    );

    /// Removes an object; success too when there is none.
    [[nodiscard]] Result<void> Remove(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    );

private:
    struct Call;
    struct Sent;

    [[nodiscard]] Result<HttpResponse> Do(const std::function<Call()>& make, const std::stop_token& stop);
    [[nodiscard]] Result<Sent> SendOnce(const Call& call, const std::stop_token& stop) const;
    [[nodiscard]] Error FaultOfAnswer(const Call& call, const Sent& sent, const std::stop_token& stop) const;
    [[nodiscard]] Result<std::string> TokenNow() const;
    [[nodiscard]] bool HasAnother(const std::string& refused);
    void Accept(const std::string& token);

    const NativeSettings settings_;
    const TokenProvider token_;
    const Clock& clock_;
    const HttpClient http_;
    mutable objects::Pace pace_;
    mutable std::mutex mutex_;
    std::optional<std::string> refused_;  ///< The last token that was.
    std::string accepted_;                ///< The last token that was; "" so far none.
};

}  // namespace notify::datacore
