#pragma once

// Works the `resolve` rows: results whose consumers must prepare again because what they had read changed.

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "core/result.hpp"
#include "queue/completion.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One thread. Everything borrowed outlives it.
class Resolver final {
public:
    Resolver(Storage& storage, Completion& completion) : storage_(storage), completion_(completion) {}

    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    void Start();
    void Stop();

    /// Says that there may be rows. Thread-safe.
    void Nudge();

    /// Works the oldest 20 once; how many were resolved. What cannot be resolved now is tried again later.
    [[nodiscard]] Result<int> RunOnce();

private:
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    Completion& completion_;
    std::mutex mutex_;
    std::condition_variable_any wakes_;
    bool nudged_ = true;
    std::jthread thread_;
};

}  // namespace notify
