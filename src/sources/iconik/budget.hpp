#pragma once

// How fast Iconik is asked, whatever a source's limits say: by all that use a token together, slower as its
// own count runs low, and hardly at all while it refuses our credentials.

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/access.hpp"

namespace notify::iconik {

/// Iconik allows 50 requests a second and 1,000 in 20 s, over all that use a token.
inline constexpr int kMostRequestsPerSecond = 40;

/// The pause between two requests when `remaining` of the 1,000 are left: none from 200 on, then 25 ms
/// growing to 500 ms.
[[nodiscard]] std::chrono::milliseconds PauseAt(int remaining) noexcept;

/// What a token may still ask. Thread-safe.
class RateBudget final {
public:
    /// Waits for the turn of one request: kMostRequestsPerSecond shared among `nodes`, or as PauseAt says.
    /// kStopped.
    [[nodiscard]] Result<void> Await(int nodes, const std::stop_token& stop);

    /// The same for what can wait: all of it together takes a quarter of that at most, so that three of four
    /// turns are left to what cannot.
    [[nodiscard]] Result<void> AwaitAside(int nodes, const std::stop_token& stop);

    /// Takes note of RateLimit-Remaining, where the answer has it.
    void Note(const HttpResponse& response);

private:
    using Turn = std::chrono::steady_clock::time_point;

    [[nodiscard]] Result<void> AwaitTurn(Turn& next, int nodes, int apart, const std::stop_token& stop);

    std::mutex mutex_;
    std::chrono::milliseconds pause_{0};
    Turn next_;
    Turn next_aside_;
};

/// Those of the process. Two sources with one token share what it may ask, and so do the nodes of one
/// database. Thread-safe.
class RateBudgets final {
public:
    RateBudgets() = default;

    /// `nodes`: how many there are; thread-safe.
    explicit RateBudgets(std::function<int()> nodes) : nodes_(std::move(nodes)) {}

    [[nodiscard]] int Nodes() const { return nodes_ ? nodes_() : 1; }

    /// The same for the same Iconik and App-ID; it lives as long as this.
    [[nodiscard]] RateBudget& Of(const std::string& base_url, const std::string& app_id);

private:
    std::mutex mutex_;
    std::function<int()> nodes_;
    std::map<std::pair<std::string, std::string>, RateBudget> budgets_;
};

/// Which credentials were refused, and when they may be tried again: once a minute, by one request.
/// Thread-safe.
class RefusedCredentials final {
public:
    /// `clock` outlives it.
    explicit RefusedCredentials(const Clock& clock) : clock_(clock) {}

    /// The last that were refused; nothing since others were taken.
    [[nodiscard]] std::optional<Secret> Last() const;

    /// True when a request may be made with these; the one probe of a minute is taken with it.
    [[nodiscard]] bool MayTry(const Secret& secret);

    void Refuse(const Secret& secret);
    void Accept(const Secret& secret);

private:
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::optional<Secret> refused_;
    Timestamp tried_at_;
};

}  // namespace notify::iconik
