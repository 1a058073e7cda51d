#pragma once

// Removes what has been told and delivered long ago, so that the database does not grow for ever. Items,
// their history, processes and results stay: they are what is known of the media.

#include <chrono>
#include <stop_token>
#include <thread>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Rows that one call removed.
struct Removed {
    int events = 0;
    int deliveries = 0;
    int dead_messages = 0;

    [[nodiscard]] int All() const noexcept { return events + deliveries + dead_messages; }
};

/// One thread that looks once an hour. Everything borrowed outlives it.
class Retention final {
public:
    /// `keep`: how long events and ended deliveries stay; 0 keeps them for ever, and Start does nothing.
    Retention(Storage& storage, const Clock& clock, std::chrono::days keep)
        : storage_(storage), clock_(clock), keep_(keep) {}

    ~Retention();
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    void Start();
    void Stop();

    /// Removes everything that is old enough, in small transactions with pauses four times as long as they
    /// took, so that others get to write. Ends early with a stop.
    [[nodiscard]] Result<Removed> RunOnce(const std::stop_token& stop);

private:
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    const std::chrono::days keep_;
    std::jthread thread_;
};

}  // namespace notify
