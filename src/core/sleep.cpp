#include "core/sleep.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace notify {

bool SleepFor(std::chrono::steady_clock::duration time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, time, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace notify
