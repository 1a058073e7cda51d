#pragma once

// How fast an endpoint is asked: pauses that all its requests share when it says that it is busy, and a
// budget of retries that keeps a store in trouble from getting twice the load.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/allowance.hpp"

namespace notify::objects {

/// When a request is sent again.
struct RetryLimits {
    int attempts = 8;  ///< Of one request without progress, the first included.
    std::chrono::milliseconds first_pause = std::chrono::milliseconds(100);
    std::chrono::milliseconds longest_pause = std::chrono::seconds(20);  ///< Longer ones are the caller's.
};

/// Full jitter: uniform between 0 and min(longest, first · 2^(attempt−1)), but no less than what the store
/// asks for. (Source: AWS Architecture Blog, "Exponential Backoff And Jitter".)
[[nodiscard]] std::chrono::milliseconds RetryPause(
    const RetryLimits& limits, int attempt, std::optional<std::chrono::milliseconds> asked
);

/// HttpRequest::take_body.
using TakeBody = std::function<Result<void>(const HttpResponse&, std::string_view)>;

/// What one attempt to have a good answer came to.
struct Attempt {
    Result<HttpResponse> answer;
    bool corrected = false;      ///< What it failed for was put right: it is made again at once.
    std::uint64_t progress = 0;  ///< Bytes had before it: enough of them make attempts count anew.
};

/// One for each endpoint. Thread-safe.
class Pace final {
public:
    explicit Pace(RetryLimits limits, Limits allowed = {}) : limits_(limits), allowance_(allowed) {}

    /// Makes attempts until one is good: those that fail for a moment (IsMomentary) again, with pauses, up to
    /// RetryLimits::attempts and while the budget lasts. Else the fault of the last; kThrottled as AwaitTurn;
    /// kStopped.
    [[nodiscard]] Result<HttpResponse> Persist(
        const std::function<Attempt()>& attempt, const std::stop_token& stop
    );

    /// How the body of an answer is taken, as fast as is allowed: given to `own` when there is one and the
    /// answer is good, else kept in `kept`, `most` bytes of it. kUnavailable (not_a_store): there are more.
    /// `own` and `kept` outlive the request.
    [[nodiscard]] TakeBody Receiver(
        const TakeBody& own, std::string& kept, std::size_t most, std::stop_token stop
    );

    /// Waits out the pause the endpoint asked for. kThrottled with what is left of the pause when it is
    /// longer than longest_pause; kStopped.
    [[nodiscard]] Result<void> AwaitTurn(const std::stop_token& stop);

    /// Takes a retry out of the budget: 100, and one more for each answer that was good, up to 100. False
    /// when it is used up.
    [[nodiscard]] bool TakeRetry();

    /// The endpoint is busy: everybody pauses, twice as long as last time, `asked` (15 minutes are enough)
    /// at least.
    void SlowDown(std::optional<std::chrono::milliseconds> asked);

    /// It gave a good answer: pauses become half as long.
    void SpeedUp();

private:
    [[nodiscard]] Attempt Make(const std::function<Attempt()>& attempt, const std::stop_token& stop);
    [[nodiscard]] Result<void> AwaitRetry(const Error& fault, int attempt, const std::stop_token& stop);

    static constexpr int kMostRetries = 100;

    const RetryLimits limits_;
    Allowance allowance_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point not_before_;
    std::chrono::milliseconds pause_{0};
    int retries_ = kMostRetries;
};

}  // namespace notify::objects
