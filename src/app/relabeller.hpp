#pragma once

// Compares past items with people again, in the background, after people changed.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "people/relabelling.hpp"

namespace notify {

/// One thread, only while there is something to do soon after. Everything borrowed outlives it.
class Relabeller final {
public:
    /// `changed` is called when items got other names.
    Relabeller(Relabelling& relabelling, std::function<void()> changed)
        : relabelling_(relabelling), changed_(std::move(changed)) {}

    ~Relabeller();
    Relabeller(const Relabeller&) = delete;
    Relabeller& operator=(const Relabeller&) = delete;

    void Start();
    void Stop();

    /// People changed. Without Start the work is done at once in the calling thread. Thread-safe.
    void Request();

private:
    void Loop(const std::stop_token& stop);
    void RunOnce(const std::stop_token& stop);

    Relabelling& relabelling_;
    std::function<void()> changed_;
    std::mutex mutex_;
    std::condition_variable_any wakes_;
    bool wanted_ = true;  ///< A change just before an earlier run ended may still wait.
    std::jthread thread_;
};

}  // namespace notify
