#include "sources/objects/allowance.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <stop_token>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"

namespace notify::objects {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLeastWait{20};  // shorter ones are made good by the next

std::chrono::nanoseconds Seconds(double seconds) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double>(seconds));
}

Unexpected Stopped() {
    return Fail(ErrorCode::kStopped, "the request was stopped");
}

}  // namespace

Allowance::Turn::~Turn() {
    if (of_ != nullptr) {
        {
            const std::scoped_lock lock(of_->mutex_);
            --of_->under_way_;
        }
        of_->changed_.notify_one();
    }
}

Result<Allowance::Turn> Allowance::Enter(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const bool free = changed_.wait(lock, stop, [this] {
        return limits_.max_connections == 0 || under_way_ < limits_.max_connections;
    });
    if (!free) {
        return Stopped();
    }
    ++under_way_;
    const auto now = Clock::now();
    const auto begin = std::max(next_request_, now);
    if (limits_.max_requests_s > 0) {
        next_request_ = begin + Seconds(1 / limits_.max_requests_s);
    }
    lock.unlock();
    Turn turn(*this);
    const auto wait = std::chrono::ceil<milliseconds>(begin - now);
    if (wait > milliseconds(0) && !SleepFor(wait, stop)) {
        return Stopped();
    }
    return turn;
}

Result<void> Allowance::Took(std::size_t bytes, const std::stop_token& stop) {
    if (limits_.max_mbit_s <= 0) {
        return {};
    }
    milliseconds wait{0};
    {
        const std::scoped_lock lock(mutex_);
        const auto now = Clock::now();
        bytes_until_ = std::max(bytes_until_, now) +
                       Seconds(static_cast<double>(bytes) * 8 / (limits_.max_mbit_s * 1e6));
        wait = std::chrono::ceil<milliseconds>(bytes_until_ - now);
    }
    return wait < kLeastWait || SleepFor(wait, stop) ? Result<void>{} : Stopped();
}

}  // namespace notify::objects
