#pragma once

// What goes through millions of rows, asked for by whoever scrapes.

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify {

/// A count that took long is kept for kKeptFor times as long, at most kLongest: however often it is asked
/// for, counting takes no more than a thirtieth of the time. One that took less than kShort is not kept.
/// Thread-safe: whoever comes while it is counted is given the last one, if it is not older than kLongest,
/// and waits otherwise.
template <class Value>
class CostlyCount final {
public:
    static constexpr std::chrono::milliseconds kShort{250};
    static constexpr int kKeptFor = 30;
    static constexpr std::chrono::minutes kLongest{15};

    /// `clock` outlives it.
    explicit CostlyCount(const Clock& clock) : clock_(clock) {}

    /// What `count()` returns, a Result<Value>, now or as long ago as is said above. An error is not kept.
    template <class Count>
    [[nodiscard]] Result<Value> Get(Count&& count) {
        std::unique_lock counting(counting_, std::try_to_lock);
        if (!counting) {
            if (auto last = Last(true)) {
                return *std::move(last);
            }
            counting.lock();
        }
        if (auto last = Last(false)) {
            return *std::move(last);
        }
        const auto begin = clock_.Now();
        auto counted = std::forward<Count>(count)();
        if (counted) {
            Keep(*counted, clock_.Now() - begin);
        }
        return counted;
    }

private:
    /// The last one, while it is kept, or `meanwhile` while it may be.
    [[nodiscard]] std::optional<Value> Last(bool meanwhile) {
        const std::scoped_lock lock(mutex_);
        const auto now = clock_.Now();
        const auto until = meanwhile ? counted_at_ + kLongest : kept_until_;
        return now >= counted_at_ && now < until ? value_ : std::nullopt;
    }

    void Keep(const Value& counted, Timestamp::duration took) {
        const std::scoped_lock lock(mutex_);
        value_ = counted;
        counted_at_ = clock_.Now();
        kept_until_ = took < kShort ? counted_at_
                                    : counted_at_ + std::min<Timestamp::duration>(kKeptFor * took, kLongest);
    }

    const Clock& clock_;
    std::mutex counting_;  ///< Of whoever counts.
    std::mutex mutex_;     ///< Of what follows.
    std::optional<Value> value_;
    Timestamp counted_at_;
    Timestamp kept_until_;
};

}  // namespace notify
