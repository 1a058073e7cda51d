#pragma once

// Compares past items with people again, in the background, after people changed, and finds those whom nobody
// has named among the faces that came.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

#include "people/relabelling.hpp"
#include "people/unknown_people.hpp"

namespace notify {

/// One thread, which looks for new faces every 2 s. Everything borrowed outlives it.
class Relabeller final {
public:
    /// `changed` is called when items got other names. `is_shared`: people may be changed by other nodes; the
    /// one that was started asks for that every 2 s, and a request at another is left to it.
    Relabeller(
        Relabelling& relabelling,
        UnknownPeople& unknown_people,
        std::function<void()> changed,
        bool is_shared = false
    )
        : relabelling_(relabelling),
          unknown_people_(unknown_people),
          changed_(std::move(changed)),
          is_shared_(is_shared) {}

    ~Relabeller();
    Relabeller(const Relabeller&) = delete;
    Relabeller& operator=(const Relabeller&) = delete;

    void Start();
    void Stop();

    /// People changed. Without Start the work is done at once in the calling thread. Thread-safe.
    void Request();

private:
    void Loop(const std::stop_token& stop);
    [[nodiscard]] bool RunOnce(const std::stop_token& stop);
    [[nodiscard]] bool Group(const std::stop_token& stop);

    Relabelling& relabelling_;
    UnknownPeople& unknown_people_;
    std::function<void()> changed_;
    const bool is_shared_;
    std::int64_t done_for_ = 0;  ///< The version of the gallery that past items were last compared with.
    std::atomic<bool> started_ = false;
    std::mutex mutex_;
    std::condition_variable_any wakes_;
    bool wanted_ = true;  ///< A change just before an earlier run ended may still wait.
    std::jthread thread_;
};

}  // namespace notify
