#pragma once

// A fault that lasts is said once, then once a minute with how often it came, and when it is over.

#include <chrono>
#include <cstdint>
#include <string>

#include "core/log.hpp"
#include "core/result.hpp"

namespace notify {

/// Of one thread at a time.
class FaultLog final {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `begins` is said when it comes and while it lasts, `over` when it is over.
    FaultLog(LogLevel level, std::string begins, std::string over);

    /// What came of the last try.
    void Note(const Result<void>& outcome, Time now = std::chrono::steady_clock::now());

private:
    LogLevel level_;
    std::string begins_;
    std::string over_;
    std::int64_t times_ = 0;  ///< Since it was fine.
    bool said_ = false;
    bool open_ = false;  ///< Said, and not yet that it is over.
    Time said_at_;
};

}  // namespace notify
