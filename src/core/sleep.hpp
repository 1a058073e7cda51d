#pragma once

// Sleeping that a stop ends.

#include <chrono>
#include <stop_token>

namespace notify {

/// Sleeps for the time, by a clock that is never set. False, at once, when a stop is or was requested.
bool SleepFor(std::chrono::steady_clock::duration time, const std::stop_token& stop);

}  // namespace notify
