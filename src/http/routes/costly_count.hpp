#pragma once

// What goes through millions of rows, asked for by whoever scrapes.

#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify {

/// A count that took long is kept for kKeptFor times as long: however often it is asked for, counting takes
/// no more than a thirtieth of the time. One that took less than kShort is never kept. Thread-safe: whoever
/// comes while it is counted waits for it.
template <class Value>
class CostlyCount final {
public:
    static constexpr std::chrono::milliseconds kShort{250};
    static constexpr int kKeptFor = 30;

    /// `clock` outlives it.
    explicit CostlyCount(const Clock& clock) : clock_(clock) {}

    /// What `count()` returns, a Result<Value>, now or as long ago as is said above. An error is not kept.
    template <class Count>
    [[nodiscard]] Result<Value> Get(Count&& count) {
        const std::lock_guard lock(mutex_);
        const auto begin = clock_.Now();
        if (value_ && begin >= counted_at_ && begin < kept_until_) {
            return *value_;
        }
        auto counted = std::forward<Count>(count)();
        if (counted) {
            counted_at_ = clock_.Now();
            const auto took = counted_at_ - begin;
            kept_until_ = took < kShort ? counted_at_ : counted_at_ + kKeptFor * took;
            value_ = *counted;
        }
        return counted;
    }

private:
    const Clock& clock_;
    std::mutex mutex_;
    std::optional<Value> value_;
    Timestamp counted_at_{};
    Timestamp kept_until_{};
};

}  // namespace notify
