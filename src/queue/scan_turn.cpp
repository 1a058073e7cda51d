#include "queue/scan_turn.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "domain/bucket.hpp"
#include "queue/calendar/calendar.hpp"

namespace notify {

namespace {

/// What makes another scan worthwhile when it changes.
auto WhatIsSeen(const Bucket& of) {
    return std::tie(
        of.include,
        of.exclude,
        of.settle_time,
        of.scan_interval,
        of.options.filters,
        of.options.schedule,
        of.options.sequences
    );
}

/// One that cannot be understood any more allows everything; each scan then says what is wrong with it.
Calendar CalendarOf(const Bucket& bucket) {
    return ParseCalendar(bucket.options.schedule).value_or(Calendar{});
}

}  // namespace

ScanTurn::ScanTurn(Bucket bucket, Timestamp now)
    : bucket_(std::move(bucket)),
      calendar_(CalendarOf(bucket_)),
      scan_at_(FirstScan(calendar_, bucket_, now)) {}

void ScanTurn::Take(Bucket bucket, Timestamp now) {
    if (WhatIsSeen(bucket) != WhatIsSeen(bucket_)) {
        calendar_ = CalendarOf(bucket);
        scan_at_ =
            calendar_.cron ? NextScan(calendar_, bucket.scan_interval, now) : NextOpening(calendar_, now);
    }
    bucket_ = std::move(bucket);
}

void ScanTurn::BringForward(Timestamp at) {
    scan_at_ = std::min(scan_at_, NextOpening(calendar_, at));
}

void ScanTurn::Noticed(Timestamp at) {
    if (!calendar_.cron) {
        BringForward(at);
    }
}

Timestamp ScanTurn::DueAt() const {
    return scanning_ ? Timestamp::max() : std::max(scan_at_, not_before_);
}

void ScanTurn::Begin(Timestamp now) {
    scanning_ = true;
    scan_at_ = NextScan(calendar_, bucket_.scan_interval, now);
}

void ScanTurn::End(bool failed, Timestamp not_before, Timestamp now) {
    scanning_ = false;
    not_before_ = not_before;
    failures_ = failed ? failures_ + 1 : 0;
    if (failed) {
        BringForward(now + BackoffDelay(failures_, kRetryScan, bucket_.scan_interval));
    }
}

}  // namespace notify
