#pragma once

// When one bucket is scanned next.

#include <chrono>

#include "core/clock.hpp"
#include "domain/bucket.hpp"
#include "queue/calendar/calendar.hpp"

namespace notify {

/// How soon a scan that failed is made again; then after twice as long each time, at least every
/// scan_interval.
inline constexpr std::chrono::milliseconds kRetryScan{5000};

/// At the start or when what is seen of the bucket changes, then every scan_interval, and when news bring it
/// forward; but outside the windows of its schedule only when the next one opens. With a cron text at its
/// times in place of all but news. Of one thread.
class ScanTurn final {
public:
    /// Of a bucket that is looked after from `now` on.
    ScanTurn(Bucket bucket, Timestamp now);

    /// The bucket as it is now.
    void Take(Bucket bucket, Timestamp now);

    /// Scanned at `at` at the latest, or when its window opens after that.
    void BringForward(Timestamp at);

    /// The same when only its watch says so, which does not count for a cron text.
    void Noticed(Timestamp at);

    /// When the next scan is due; the end of time while one goes on.
    [[nodiscard]] Timestamp DueAt() const;

    /// A scan begins. What brings the next one forward while it goes on counts.
    void Begin(Timestamp now);

    /// It ended; the next does not begin before `not_before`. One that failed is tried again soon: a share
    /// that is mounted late should not wait for the whole interval.
    void End(bool failed, Timestamp not_before, Timestamp now);

    [[nodiscard]] const Bucket& Of() const { return bucket_; }

private:
    Bucket bucket_;
    Calendar calendar_;
    Timestamp scan_at_;
    Timestamp not_before_;  ///< A scan that takes long is not begun again at once.
    bool scanning_ = false;
    int failures_ = 0;  ///< Scans that failed, in a row.
};

}  // namespace notify
