#pragma once

// SIGTERM and SIGINT as a stop token.

#include <stop_token>
#include <thread>

#include "core/file.hpp"

namespace notify {

/// Blocks SIGTERM, SIGINT and SIGHUP in the calling thread (make it before any other thread) and turns the
/// first SIGTERM or SIGINT into a stop request; a second one ends the process at once. SIGPIPE is ignored.
/// One at a time in a process.
class StopSignal final {
public:
    StopSignal();
    ~StopSignal();
    StopSignal(const StopSignal&) = delete;
    StopSignal& operator=(const StopSignal&) = delete;

    [[nodiscard]] std::stop_token Token() const { return source_.get_token(); }

    /// Returns when a stop was requested.
    void Wait() const;

private:
    std::stop_source source_;
    UniqueFd signals_;
    std::jthread thread_;
};

}  // namespace notify
