#pragma once

// Bytes of one version of an object, taken out of the answers to ranged requests: never of two versions,
// never fewer or others than asked for.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/pace.hpp"

namespace notify::objects {

/// Where in which version of an object.
struct ReadRequest {
    std::uint64_t offset = 0;
    std::uint64_t object_size = 0;  ///< offset and length lie within it.
    std::string etag;               ///< Sent as If-Match and compared with each answer; "": not known.
};

/// Reads on `into.size()` bytes from `request.offset`, over as many answers as it takes. Used by one thread.
class RangedBody final {
public:
    /// Both outlive it.
    RangedBody(const ReadRequest& request, std::span<std::byte> into) : request_(request), into_(into) {}

    [[nodiscard]] std::uint64_t Received() const noexcept { return received_; }

    [[nodiscard]] bool IsWhole() const noexcept { return received_ == into_.size(); }

    /// Headers of the next request: "range" for what is missing, and "if-match". Its answer is checked anew.
    [[nodiscard]] HttpHeaders NextHeaders();

    /// HttpRequest::take_body of that request. kConflict (object_changed): it is another version;
    /// kUnavailable (wrong_answer): other bytes than asked for, or it does not say which; kUnsupported
    /// (no_ranges).
    [[nodiscard]] Result<void> Take(const HttpResponse& response, std::string_view bytes);

private:
    [[nodiscard]] Result<void> Check(const HttpResponse& response) const;

    const ReadRequest& request_;
    std::span<std::byte> into_;
    std::uint64_t received_ = 0;
    bool checked_ = false;
};

/// Calls `send`, which sends one request for what is missing and takes its answer, until the body is whole:
/// one that is too short without an error of the transport is continued too. `key`: for the sentence.
[[nodiscard]] Result<void> ReadWhole(
    const RangedBody& body,
    std::string_view key,
    const RetryLimits& limits,
    const std::function<Result<void>()>& send,
    const std::stop_token& stop
);

}  // namespace notify::objects
