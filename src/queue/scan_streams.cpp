#include "queue/scan_streams.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "queue/batch_worker.hpp"
#include "queue/ordered_scan.hpp"
#include "queue/range_scan.hpp"
#include "queue/sieve/sieve.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

using Told = std::function<void()>;

Result<void> See(Sieve& sieve, std::vector<FoundObject> objects) {
    for (auto& object : objects) {
        if (auto seen = sieve.Take(std::move(object)); !seen) {
            return seen;
        }
    }
    return {};
}

/// While one batch is listed the one before is taken in.
Listed ListRange(const ListedBucket& what, RangeScan& range, const Told& told, const std::stop_token& stop) {
    const auto sink = [&](FoundObject object, bool taken) {
        return taken ? range.Found(std::move(object)) : range.Passed(std::move(object.key));
    };
    const auto start_after = range.Range().position;
    Sieve sieve(what.bucket, what.now, sink, start_after);
    range.HeldBy([&sieve] { return sieve.ResumeAfter(); });
    std::vector<FoundObject> batch;
    BatchWorker worker([&](std::vector<FoundObject> objects) {
        auto taken = See(sieve, std::move(objects));
        told();
        return taken;
    });
    auto report = what.source.Scan(
        {.bucket = what.bucket, .start_after = start_after, .through = range.Range().through},
        [&](FoundObject object) -> Result<void> {
            batch.push_back(std::move(object));
            return batch.size() < kScanBatch ? Result<void>{} : worker.Give(std::exchange(batch, {}));
        },
        stop
    );
    auto taken_in = worker.Give(std::move(batch)).and_then([&] { return worker.Finish(); });
    if (taken_in) {
        taken_in = report ? sieve.End().and_then([&] { return range.End(); }) : range.BreakOff();
    }
    return {.report = std::move(report), .sieved = sieve.Counted(), .taken_in = std::move(taken_in)};
}

std::optional<Timestamp> Earlier(std::optional<Timestamp> one, std::optional<Timestamp> other) {
    return one && other ? std::min(one, other) : (one ? one : other);
}

bool Failed(const Listed& listed) {
    return !listed.report || !listed.taken_in;
}

/// A failure of one counts more than that others were stopped for it, and the first most.
template <class T>
bool Outweighs(const Result<T>& error, const Result<T>& known) {
    return !error && (known || (known.error().code == ErrorCode::kStopped &&
                                error.error().code != ErrorCode::kStopped));
}

void Add(Listed& all, Listed more) {
    all.sieved.filtered += more.sieved.filtered;
    all.sieved.many += more.sieved.many;
    all.sieved.not_yet += more.sieved.not_yet;
    all.sieved.look_again_at = Earlier(all.sieved.look_again_at, more.sieved.look_again_at);
    if (Outweighs(more.taken_in, all.taken_in)) {
        all.taken_in = std::move(more.taken_in);
    }
    if (Outweighs(more.report, all.report)) {
        all.report = Unexpected(more.report.error());
    }
    if (all.report && more.report) {
        all.report->seen += more.report->seen;
        all.report->settling += more.report->settling;
        all.report->look_again_at = Earlier(all.report->look_again_at, more.report->look_again_at);
        all.report->note = all.report->note.empty() ? std::move(more.report->note) : all.report->note;
    }
}

/// Several ranges, for several threads.
class Streams final {
public:
    Streams(const ListedBucket& what, OrderedScan& scan, const Told& told)
        : what_(what), scan_(scan), told_(told) {}

    /// Until all ranges were listed, one failed, or a stop is requested.
    Listed Run(const std::stop_token& stop) {
        const std::stop_callback pass_on(stop, [this] { stop_.request_stop(); });
        const auto count =
            std::min(static_cast<std::size_t>(what_.bucket.options.scan_streams), scan_.Ranges().size());
        {
            std::vector<std::jthread> threads;
            threads.reserve(count);
            for (std::size_t i = 0; i < count; ++i) {
                threads.emplace_back([this] { Loop(); });
            }
        }
        if (next_ < scan_.Ranges().size() && !Failed(all_)) {
            all_.report = Fail(ErrorCode::kStopped, "stopped while the bucket was listed");
        }
        return std::move(all_);
    }

private:
    void Loop() {
        while (auto* const range = Next()) {
            auto listed = ListRange(
                what_,
                *range,
                [this] {
                    const std::scoped_lock lock(mutex_);
                    told_();
                },
                stop_.get_token()
            );
            if (Failed(listed)) {
                stop_.request_stop();
            }
            const std::scoped_lock lock(mutex_);
            Add(all_, std::move(listed));
        }
    }

    RangeScan* Next() {
        const std::scoped_lock lock(mutex_);
        auto& ranges = scan_.Ranges();
        return next_ < ranges.size() && !stop_.stop_requested() ? &ranges[next_++] : nullptr;
    }

    const ListedBucket& what_;
    OrderedScan& scan_;
    const Told& told_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::size_t next_ = 0;  ///< Of the ranges.
    Listed all_;
};

}  // namespace

Listed ListRanges(
    const ListedBucket& what,
    OrderedScan& scan,
    const std::function<void()>& told,
    const std::stop_token& stop
) {
    if (scan.Ranges().size() == 1) {
        return ListRange(what, scan.Ranges().front(), told, stop);
    }
    return Streams(what, scan, told).Run(stop);
}

}  // namespace notify
