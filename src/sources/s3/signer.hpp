#pragma once

// What signing learns from refusals: how far the other side's clock is off, which credentials it takes not.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/s3/sigv4.hpp"

namespace notify::s3 {

/// Asked before each request, on any thread; what it fails with the request fails with. `refused` is null, or
/// the credentials that the store refused last: others are given in their place when there are some, and
/// tried at once. So a new secret needs no restart, and one that comes before its time does no harm.
using CredentialsProvider = std::function<Result<Credentials>(const Credentials* refused)>;

/// One for each client. Thread-safe.
class Signer final {
public:
    /// `clock` outlives it.
    Signer(CredentialsProvider credentials, const Clock& clock)
        : credentials_(std::move(credentials)), clock_(clock) {}

    /// What the next request is to be signed with. Errors of the provider.
    [[nodiscard]] Result<Credentials> CredentialsNow() const;

    /// What the next request is to be signed as of: the other side's clock, as far as it is known.
    [[nodiscard]] Timestamp Now() const;

    /// How far the other side's clock was found ahead of ours; zero until it refused a request for it.
    [[nodiscard]] std::chrono::milliseconds ClockOffset() const noexcept;

    /// True when the answer (400, 401 or 403) to a request of `signed_at` tells a time that is off by more
    /// than 4 minutes: it is to be sent again, and Now is another.
    [[nodiscard]] bool LearnsClock(const HttpResponse& response, Timestamp signed_at);

    /// Remembers credentials that were refused; true when there are others, to be tried at once.
    [[nodiscard]] bool HasOthersThan(const Credentials& refused);

private:
    const CredentialsProvider credentials_;
    const Clock& clock_;
    std::atomic<std::int64_t> clock_offset_ms_ = 0;
    mutable std::mutex mutex_;
    std::optional<Credentials> refused_;  ///< The last that were.
};

}  // namespace notify::s3
