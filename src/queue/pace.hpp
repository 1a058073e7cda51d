#pragma once

// How fast items end here: what may be claimed ahead, so that small items do not wait for a commit each.

#include <chrono>

namespace notify {

/// Of one thread at a time.
class Pace final {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// An item ended.
    void Ended(Time now);

    /// How many items ended in the last whole window of 100 ms, at most 64: what the workers will have done
    /// in the next. 0 when nothing ended for two windows: long items are claimed one for each free worker.
    [[nodiscard]] int Ahead(Time now) const;

private:
    Time window_;  ///< When the present one began.
    int count_ = 0;
    int last_ = 0;  ///< Of the window before.
};

}  // namespace notify
