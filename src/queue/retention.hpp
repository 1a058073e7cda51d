#pragma once

// Removes what is over for long, so that the database does not grow for ever: docs/adr/0008-retention.md.
// What is in a store stays with its latest runs and their results.

#include <mutex>
#include <stop_token>
#include <thread>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/retention.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One thread that looks once an hour. Thread-safe. Everything borrowed outlives it.
class Retention final {
public:
    /// With nothing but zeros for `periods` Start does nothing.
    Retention(Storage& storage, const Clock& clock, const RetentionPeriods& periods)
        : storage_(storage), clock_(clock), periods_(periods) {}

    ~Retention();
    Retention(const Retention&) = delete;
    Retention& operator=(const Retention&) = delete;

    void Start();
    void Stop();

    /// Removes everything that is old enough, in small transactions with pauses four times as long as they
    /// took, so that others get to write. Ends early with a stop.
    Result<RemovedRows> RunOnce(const std::stop_token& stop);

    /// What RunOnce would remove; of results it does not know.
    [[nodiscard]] Result<RemovedRows> Due(const std::stop_token& stop) const;

    /// What this has removed since it was made.
    [[nodiscard]] RemovedRows Total() const;

private:
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    const RetentionPeriods periods_;
    mutable std::mutex mutex_;
    RemovedRows total_;  // guarded by mutex_
    std::jthread thread_;
};

}  // namespace notify
