#include "queue/bucket_scan.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/scan.hpp"
#include "queue/change_scan.hpp"
#include "queue/intake.hpp"
#include "queue/ordered_scan.hpp"
#include "queue/scan_cuts.hpp"
#include "queue/scan_streams.hpp"
#include "queue/sieve/sieve.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr int kRangesPerStream = 4;  // so that one that is larger than others keeps no stream waiting
constexpr std::size_t kBatch = 200;  // objects in one transaction, of a listing in any order

using Progress = std::function<void(const ScanState&)>;

/// What the listing told of itself and the sieve of it, and the first thing that went wrong.
ScanOutcome Outcome(
    ScanSummary summary, const Result<ScanReport>& report, const Sieve::Counts& sieved, Result<void> last
) {
    if (!report) {
        return {.summary = std::move(summary), .look_again_at = {}, .ended = Unexpected(report.error())};
    }
    summary.settling = report->settling + sieved.not_yet;
    summary.filtered = sieved.filtered;
    summary.note = report->note;
    summary.whole = report->note.empty();
    const auto look_again_at = report->look_again_at && sieved.look_again_at
                                   ? std::min(report->look_again_at, sieved.look_again_at)
                                   : (report->look_again_at ? report->look_again_at : sieved.look_again_at);
    return {.summary = std::move(summary), .look_again_at = look_again_at, .ended = std::move(last)};
}

/// A bucket that cannot be cut is listed by one stream, which then tells what is wrong with its store.
OrderedScan::Cuts CutsOf(const Bucket& bucket, SourceConnection& source, const std::stop_token& stop) {
    const auto streams = bucket.options.scan_streams;
    if (streams == 1 || !source.ListsFolders()) {
        return {};
    }
    return [&bucket, &source, stop, streams]() -> Result<std::vector<std::string>> {
        auto cuts = FindCuts(source, bucket, streams * kRangesPerStream, stop);
        return cuts || cuts.error().code == ErrorCode::kStopped ? std::move(cuts)
                                                                : std::vector<std::string>();
    };
}

}  // namespace

ScanOutcome BucketScan::Run(
    const Bucket& bucket, SourceConnection& source, const Progress& progress, const std::stop_token& stop
) {
    return source.ListsInOrder() ? InOrder(bucket, source, progress, stop)
                                 : InAnyOrder(bucket, source, progress, stop);
}

ScanOutcome BucketScan::InOrder(
    const Bucket& bucket, SourceConnection& source, const Progress& progress, const std::stop_token& stop
) {
    OrderedScan scan(storage_, clock_, bucket);
    if (auto begun = scan.Begin(CutsOf(bucket, source, stop)); !begun) {
        return {.summary = {}, .look_again_at = {}, .ended = std::move(begun)};
    }
    const auto told = [&] { progress(scan.State()); };
    told();
    auto listed = ListRanges({.bucket = bucket, .source = source, .now = clock_.Now()}, scan, told, stop);
    const auto& report = listed.report;
    auto last = std::move(listed.taken_in);
    if (last) {
        last = report ? scan.End(stop) : scan.BreakOff(report.error().code != ErrorCode::kStopped);
    }
    ScanSummary summary{.seen = scan.State().seen, .added = scan.Added(), .resumed = scan.IsResumed()};
    summary.seen -= std::min(summary.seen, listed.sieved.many);
    return Outcome(std::move(summary), report, listed.sieved, std::move(last));
}

ScanOutcome BucketScan::InAnyOrder(
    const Bucket& bucket, SourceConnection& source, const Progress& progress, const std::stop_token& stop
) {
    if (!source.TellsChanges(bucket)) {
        return Listed({.bucket = bucket, .start_after = {}}, source, progress, stop);
    }
    ChangeScan changes(storage_, clock_, bucket);
    const auto since = changes.Begin();
    if (!since) {
        return {.summary = {}, .look_again_at = {}, .ended = Unexpected(since.error())};
    }
    auto outcome = Listed(
        {.bucket = bucket,
         .start_after = {},
         .through = {},
         .changed_since = *since,
         .again = changes.LeftOut()},
        source,
        progress,
        stop
    );
    if (outcome.ended && (outcome.summary.note.empty() || !outcome.left_out.empty())) {
        outcome.ended = changes.End(outcome.summary.seen, outcome.left_out);
    }
    return outcome;
}

/// Takes in what the source lists, in batches.
ScanOutcome BucketScan::Listed(
    const ScanRequest& request,
    SourceConnection& source,
    const Progress& progress,
    const std::stop_token& stop
) {
    ScanSummary summary;
    ScanState state{.started_at = clock_.Now()};
    std::vector<FoundObject> batch;
    progress(state);
    const auto flush = [&]() -> Result<void> {
        FailPoint("fetched");
        const auto added = Intake(storage_, clock_).Take(request.bucket, std::exchange(batch, {}));
        summary.added += added.value_or(0);
        progress(state);
        return added.map([](int) {});
    };
    const auto keep = [&](FoundObject object, bool taken) -> Result<void> {
        if (taken) {
            batch.push_back(std::move(object));
        }
        return batch.size() < kBatch ? Result<void>{} : flush();
    };
    Sieve sieve(request.bucket, clock_.Now(), keep);
    const auto report = source.Scan(
        request,
        [&](FoundObject object) {
            state.seen += object.gone ? 0 : 1;
            return object.gone ? keep(std::move(object), true) : sieve.Take(std::move(object));
        },
        stop
    );
    auto last = report ? sieve.End() : Result<void>{};
    if (last && !batch.empty()) {
        last = flush();
    }
    summary.seen = report ? report->seen : state.seen;
    auto outcome = Outcome(std::move(summary), report, sieve.Counted(), std::move(last));
    outcome.left_out = report ? report->left_out : std::vector<std::string>();
    outcome.summary.whole = outcome.summary.whole && !request.changed_since;
    return outcome;
}

}  // namespace notify
