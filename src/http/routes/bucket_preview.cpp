// POST /v1/buckets/preview.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iterator>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/glob.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/bucket.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/bucket_checks.hpp"
#include "http/routes/new_bucket.hpp"
#include "http/routes/preview_tally.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/rule_checks.hpp"
#include "http/views_backlog.hpp"
#include "http/views_buckets.hpp"
#include "queue/sieve/sequences.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kLongest{20};
constexpr double kGigabyte = 1e9;
constexpr std::int64_t kEnoughProcesses = 5;  // to speak of a measured pace

/// Seconds of one worker for a gigabyte, where nothing was measured yet.
struct Assumed {
    std::string_view processor;
    double seconds_per_gigabyte;
    std::string_view why;
};

constexpr std::array<Assumed, 2> kAssumed{{
    {.processor = "checksum", .seconds_per_gigabyte = 10, .why = "a store that gives 100 MB a second"},
    {.processor = "facial-recognition",
     .seconds_per_gigabyte = 160,
     .why = "video of 50 Mbit/s, looked at as fast as it plays"},
}};

/// A stop that comes from outside, or when the time is over.
class Deadline final {
public:
    Deadline(const std::stop_token& outer, milliseconds time)
        : outer_(outer, [this] { static_cast<void>(source_.request_stop()); }),
          timer_([this, time](const std::stop_token& stop) {
              SleepFor(time, stop);
              static_cast<void>(source_.request_stop());
          }) {}

    [[nodiscard]] std::stop_token Token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::stop_callback<std::function<void()>> outer_;
    std::jthread timer_;
};

/// Fills in how long one worker would take.
Result<void> AddHours(const Snapshot& snapshot, view::PreviewWork& work) {
    const auto pace = snapshot.backlog.Pace(work.processor);
    if (!pace) {
        return Unexpected(pace.error());
    }
    const auto gigabytes = static_cast<double>(work.bytes) / kGigabyte;
    const auto* const assumed = std::ranges::find(kAssumed, work.processor, &Assumed::processor);
    double seconds = assumed == kAssumed.end() ? 60 : assumed->seconds_per_gigabyte;
    if (pace->processes >= kEnoughProcesses && pace->bytes > 0) {
        seconds =
            std::chrono::duration<double>(pace->time).count() * kGigabyte / static_cast<double>(pace->bytes);
        work.basis = fmt::format(
            "measured here: {:.0f} s for each GB over the last {} that completed", seconds, pace->processes
        );
    } else {
        work.basis = fmt::format(
            "assumed: {:.0f} s for each GB{}{}; fewer than {} were completed here to measure it",
            seconds,
            assumed == kAssumed.end() ? "" : ", ",
            assumed == kAssumed.end() ? "" : assumed->why,
            kEnoughProcesses
        );
    }
    work.hours = gigabytes * seconds / 3600;
    return {};
}

/// Why the look did not see everything.
std::string Unfinished(const PreviewTally& tally, std::string_view why) {
    return fmt::format("the first {} objects only, {}; the bucket holds more", tally.Objects(), why);
}

class Preview {
public:
    explicit Preview(const ApiParts& parts) : parts_(parts) {}

    [[nodiscard]] Result<view::BucketPreview> Of(
        const view::NewBucket& wanted, const std::stop_token& stop
    ) const {
        const auto source = SourceOfNew(parts_, wanted);
        auto rules = RulesFrom(wanted.rules, parts_.box);
        if (!source || !rules) {
            return Unexpected(source ? rules.error() : source.error());
        }
        const auto now = parts_.clock.Now();
        auto bucket = BucketOfNew(wanted, *source, now);
        bucket.active = true;  // so that the place is checked
        auto checked = CheckSettings(bucket).and_then(
                                                [&] { return CheckBacklog(bucket, true); }
        ).and_then([&] {
             return CheckPlace(parts_, bucket, stop);
         }).and_then([&] { return AddSourceRules(*source, *rules); });
        if (!checked) {
            return Unexpected(checked.error());
        }
        return Look(bucket, *std::move(rules), stop);
    }

private:
    /// Those of the whole source hold for the bucket too.
    Result<void> AddSourceRules(const Source& source, std::vector<Rule>& rules) const {
        return parts_.storage.Read(
                                 [&](const Snapshot& snapshot) { return snapshot.rules.List(); }
        ).map([&](const std::vector<Rule>& all) {
            std::ranges::copy_if(all, std::back_inserter(rules), [&](const Rule& rule) {
                return !source.id.IsEmpty() && rule.source_id == source.id;
            });
        });
    }

    [[nodiscard]] Result<view::BucketPreview> Look(
        const Bucket& bucket, std::vector<Rule> rules, const std::stop_token& stop
    ) const {
        auto everything = bucket;  // what the globs leave out is counted too, and what settles
        everything.include.clear();
        everything.exclude.clear();
        everything.settle_time = milliseconds(0);
        const auto connection = parts_.sources.Find(bucket.kind);
        if (!connection) {
            return Unexpected(connection.error());
        }
        PreviewTally tally(bucket, std::move(rules), bucket.created_at);
        Sequences sequences(
            [&](const Sifted& sifted) -> Result<void> {
                tally.Add(sifted);
                return {};
            },
            bucket.options.sequences,
            {}
        );
        const Deadline deadline(stop, kLongest);
        const auto until = std::chrono::steady_clock::now() + kLongest;
        const auto report = (*connection)
                                ->Scan(
                                    {.bucket = everything, .start_after = {}},
                                    [&](FoundObject object) -> Result<void> {
                                        if (std::chrono::steady_clock::now() >= until) {
                                            return Fail(ErrorCode::kStopped, "enough was seen");
                                        }
                                        // what the globs leave out is in no sequence
                                        if (PassesGlobs(bucket.include, bucket.exclude, object.key)) {
                                            return sequences.Take(std::move(object));
                                        }
                                        tally.Add({.object = std::move(object)});
                                        return {};
                                    },
                                    deadline.Token()
                                );
        if (auto handed_on = sequences.End(); !handed_on) {
            return Unexpected(handed_on.error());
        }
        const bool cut = !report && report.error().code == ErrorCode::kStopped && !stop.stop_requested();
        if (!report && !cut && tally.Objects() == 0) {
            return Unexpected(report.error());
        }
        view::BucketPreview shown{.complete = report.has_value(), .sentence = report ? report->note : ""};
        if (!report) {
            shown.sentence = Unfinished(
                tally, cut ? fmt::format("as many as {} s gave", kLongest.count()) : report.error().message
            );
        }
        tally.Show(shown);
        shown.work = tally.Work();
        return Estimate(std::move(shown));
    }

    [[nodiscard]] Result<view::BucketPreview> Estimate(view::BucketPreview shown) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) -> Result<view::BucketPreview> {
            shown.estimated_hours = 0;
            for (auto& work : shown.work) {
                if (auto added = AddHours(snapshot, work); !added) {
                    return Unexpected(added.error());
                }
                shown.estimated_hours += work.hours;
            }
            const int workers = std::max(parts_.activity().workers, 1);
            shown.estimated_hours /= workers;
            return shown;
        });
    }

    const ApiParts& parts_;
};

}  // namespace

void AddPreviewRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/preview",
         .scope = Scope::kWrite,
         .tag = "buckets",
         .summary = "Look into a bucket before it is added",
         .description =
             "A dry run: the body is that of POST /v1/buckets, nothing is stored. How many objects and bytes "
             "there are, by extension; what would be skipped and why; what each processor would do, and how "
             "many hours that takes all workers, from what was measured here or else from what is assumed, "
             "which `basis` says. Only names, sizes and times are looked at, for at most 20 s: then "
             "`complete` is false, and `sentence` says how many objects it is about.",
         .body = &described::Schema<view::NewBucket>,
         .answer = &described::Schema<view::BucketPreview>,
         .handle = [parts](Request& r) {
             return WithBody<view::NewBucket>(r, [&](const view::NewBucket& wanted) {
                 return Answer(r, Preview(parts).Of(wanted, r.stop), [](const auto& shown) { return shown; });
             });
         }}
    );
}

}  // namespace notify
