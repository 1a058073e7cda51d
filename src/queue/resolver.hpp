#pragma once

// Works the `resolve` rows: results whose consumers must prepare again because what they had read changed.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "queue/completion.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One thread. Everything borrowed outlives it.
class Resolver final {
public:
    Resolver(Storage& storage, const Clock& clock, Completion& completion)
        : storage_(storage), clock_(clock), completion_(completion) {}

    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    void Start();
    void Stop();

    /// Says that there may be rows. Thread-safe.
    void Nudge();

    /// Works the 20 that are due longest once; how many were resolved. What fails steps back and is tried
    /// again later, as ResolveDelay says, so that it holds up no other; what never will succeed ends its
    /// item.
    [[nodiscard]] Result<int> RunOnce();

private:
    void Loop(const std::stop_token& stop);
    [[nodiscard]] bool Work(const PendingResolve& pending);
    void StepBack(const PendingResolve& pending, const Error& error);

    Storage& storage_;
    const Clock& clock_;
    Completion& completion_;
    std::mutex mutex_;
    std::condition_variable_any wakes_;
    bool nudged_ = true;
    std::jthread thread_;
};

}  // namespace notify
