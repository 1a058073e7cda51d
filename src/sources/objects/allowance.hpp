#pragma once

// What a source may take of its store and of the network, as its configuration says.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>
#include <utility>

#include "core/result.hpp"

namespace notify::objects {

/// 0: no limit.
struct Limits {
    int max_connections = 0;    ///< Requests under way at the same time.
    double max_requests_s = 0;  ///< Begun in a second.
    double max_mbit_s = 0;      ///< Read of the answers in a second, in 10^6 bits.
};

/// One for each client, and so of this node alone. Thread-safe.
class Allowance final {
public:
    /// One request under way; ends with the object.
    class Turn final {
    public:
        explicit Turn(Allowance& of) : of_(&of) {}

        ~Turn();

        Turn(Turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}

        Turn& operator=(Turn&&) = delete;
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        Allowance* of_;
    };

    explicit Allowance(Limits limits) : limits_(limits) {}

    /// Waits until one more request may begin. kStopped.
    [[nodiscard]] Result<Turn> Enter(const std::stop_token& stop);

    /// Notes that bytes of an answer came, and waits for as long as they were too fast. kStopped.
    [[nodiscard]] Result<void> Took(std::size_t bytes, const std::stop_token& stop);

private:
    using Clock = std::chrono::steady_clock;

    const Limits limits_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    int under_way_ = 0;
    Clock::time_point next_request_;  ///< When the next may begin.
    Clock::time_point bytes_until_;   ///< When what came so far would have come at the limit.
};

}  // namespace notify::objects
