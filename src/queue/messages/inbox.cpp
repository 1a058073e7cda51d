#include "queue/messages/inbox.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/news.hpp"
#include "queue/messages/asset_news.hpp"
#include "queue/messages/dead_message.hpp"
#include "queue/messages/news_row.hpp"
#include "sources/messages/news.hpp"
#include "sources/source_of_kind.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/news_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr int kBatch = 100;
constexpr auto kPoll = std::chrono::seconds(5);  // also what another node has told
constexpr auto kFirstDelay = std::chrono::seconds(5);
constexpr auto kLongestDelay = std::chrono::minutes(15);

std::vector<NewsKind> KindsOf(InboxLane lane) {
    return lane == InboxLane::kObjects ? std::vector{NewsKind::kObject, NewsKind::kRestoredObject}
                                       : std::vector{
                                             NewsKind::kAsset,
                                             NewsKind::kAssetMedia,
                                             NewsKind::kChosenAsset,
                                             NewsKind::kCollection,
                                             NewsKind::kSearch
                                         };
}

// of an asset that its Iconik does not let us see
constexpr auto kFirstDelayOfHidden = std::chrono::minutes(5);
constexpr auto kLongestDelayOfHidden = std::chrono::hours(1);
constexpr auto kHiddenFor = std::chrono::hours(24);

/// The store of an object that news is of: what it does not answer for one it does not for the next. Nothing
/// for news of Iconik, of which each source is asked for itself.
std::optional<std::string> StoreOf(const InboxNews& row) {
    const bool is_object = row.kind == NewsKind::kObject || row.kind == NewsKind::kRestoredObject;
    return is_object ? std::optional(row.address.substr(0, row.address.find('\0'))) : std::nullopt;
}

bool IsOfAsset(const InboxNews& row) {
    return row.kind == NewsKind::kAsset || row.kind == NewsKind::kAssetMedia ||
           row.kind == NewsKind::kChosenAsset;
}

milliseconds DelayAfter(const InboxNews& row, const Error& fault) {
    const bool is_hidden = IsOfAsset(row) && IsHidden(fault);
    return std::max(
        BackoffDelay(
            row.tries + 1,
            is_hidden ? milliseconds(kFirstDelayOfHidden) : milliseconds(kFirstDelay),
            is_hidden ? milliseconds(kLongestDelayOfHidden) : milliseconds(kLongestDelay)
        ),
        fault.retry_after.value_or(milliseconds(0))
    );
}

/// An asset that was hidden at the try before too, and was told of a day ago.
bool IsGivenUp(const InboxNews& row, const Error& fault, Timestamp now) {
    return IsOfAsset(row) && IsHidden(fault) && row.reason == fault.reason &&
           now - row.first_told_at >= kHiddenFor;
}

/// Unless it was told once more meanwhile: true when it is a dead message now.
Result<bool> GiveUp(Transaction& transaction, const InboxNews& row, const Error& fault, Timestamp now) {
    return transaction.news.End(row.id, row.told).and_then([&](bool ended) {
        return ended ? Bury(transaction, DeadOf(row, fault, now)).map([] { return true; })
                     : Result<bool>(false);
    });
}

/// A row that was worked: it is gone, or due later.
Result<void> WriteOne(
    Transaction& transaction, const InboxNews& row, const std::optional<Error>& fault, Timestamp now
) {
    if (!fault) {
        return transaction.news.End(row.id, row.told).map([](bool) {});
    }
    const auto given_up =
        IsGivenUp(row, *fault, now) ? GiveUp(transaction, row, *fault, now) : Result<bool>(false);
    if (!given_up || *given_up) {
        return given_up.map([](bool) {});
    }
    return transaction.news.Delay(
        row.id,
        now + DelayAfter(row, *fault),
        fault->reason.empty() ? std::string(ToString(fault->code)) : fault->reason,
        fault->message
    );
}

}  // namespace

Inbox::Inbox(Storage& storage, const Clock& clock, const SourceOfKind& find_source, InboxCalls calls)
    : storage_(storage),
      clock_(clock),
      calls_(std::move(calls)),
      objects_(storage, clock, find_source),
      assets_(storage, clock, find_source, calls_.look_at) {
    for (const auto lane : kInboxLanes) {
        workers_[lane];
    }
}

Inbox::~Inbox() {
    Stop();
}

void Inbox::Start() {
    for (auto& [lane, worker] : workers_) {
        if (!worker.thread.joinable()) {
            worker.thread =
                std::jthread([this, lane = lane](const std::stop_token& stop) { Loop(lane, stop); });
        }
    }
}

void Inbox::Stop() {
    for (auto& [lane, worker] : workers_) {
        worker.thread.request_stop();
    }
    for (auto& [lane, worker] : workers_) {
        if (worker.thread.joinable()) {
            worker.thread.join();
        }
    }
}

void Inbox::Nudge() {
    {
        const std::scoped_lock lock(mutex_);
        for (auto& [lane, worker] : workers_) {
            worker.nudged = true;
        }
    }
    wakes_.notify_all();
}

Result<int> Inbox::RunOnce(InboxLane lane, const std::stop_token& stop) {
    const auto due = ReadDue(lane);
    if (!due || due->rows.empty()) {
        return due.map([](const Due&) { return 0; });
    }
    const auto outcome = WorkAll(*due, stop);
    if (outcome.added) {
        calls_.added();
    }
    return Write(outcome.worked).map([&] { return static_cast<int>(outcome.worked.size()); });
}

Result<Inbox::Due> Inbox::ReadDue(InboxLane lane) const {
    return storage_.Read([&](const Snapshot& snapshot) -> Result<Due> {
        auto buckets = snapshot.buckets.List();
        if (!buckets) {
            return Unexpected(buckets.error());
        }
        Due due{.rows = {}, .buckets = *std::move(buckets)};
        for (const auto kind : KindsOf(lane)) {
            auto rows = snapshot.news.Due(kind, clock_.Now(), kBatch);
            if (!rows) {
                return Unexpected(rows.error());
            }
            std::ranges::move(*rows, std::back_inserter(due.rows));
        }
        std::ranges::stable_sort(due.rows, {}, &InboxNews::due_at);
        due.rows.resize(std::min<std::size_t>(due.rows.size(), kBatch));
        return due;
    });
}

Inbox::Outcome Inbox::WorkAll(const Due& due, const std::stop_token& stop) {
    Outcome outcome;
    std::map<std::string, Error> silent;  // stores that did not answer in this round
    for (const auto& row : due.rows) {
        const auto store = StoreOf(row);
        const auto known = store ? silent.find(*store) : silent.end();
        auto fault =
            known == silent.end() ? Work(row, due.buckets, stop, outcome) : std::optional(known->second);
        if (stop.stop_requested()) {
            break;  // a stop's faults are nobody's
        }
        if (fault && store && IsOfTheStore(*fault)) {
            silent.emplace(*store, *fault);
        }
        outcome.worked.push_back({.row = row, .fault = std::move(fault)});
    }
    return outcome;
}

/// Why the row stays; nothing when it is done. Sets `added` of the round when that has to be told.
std::optional<Error> Inbox::Work(
    const InboxNews& row, const std::vector<Bucket>& buckets, const std::stop_token& stop, Outcome& round
) {
    bool& added = round.added;
    const auto news = NewsOf(row);
    if (const auto* const object = std::get_if<StoreNews>(&news)) {
        std::optional<Error> fault;
        for (auto& outcome : objects_.Take(*object, buckets, stop)) {
            added = added || outcome.word == "new" || outcome.word == "restored";
            fault = outcome.fault ? std::move(outcome.fault) : std::move(fault);
        }
        return fault;
    }
    const auto* const asset = std::get_if<AssetNews>(&news);
    const auto* const collection = std::get_if<CollectionNews>(&news);
    const auto outcome = asset != nullptr        ? assets_.Take(*asset, buckets, round.silent, stop)
                         : collection != nullptr ? assets_.Take(*collection, buckets)
                                                 : assets_.Take(std::get<SearchNews>(news), buckets);
    added = added || outcome.word == "new" || outcome.word == "run_again";
    if (outcome.word == "unknown_bucket") {
        Log(row.kind == NewsKind::kChosenAsset ? LogLevel::kWarn : LogLevel::kInfo,
            "news of Iconik is of no bucket here",
            {{"why", outcome.sentence}});
    }
    return outcome.fault;
}

Result<void> Inbox::Write(const std::vector<Worked>& worked) {
    return storage_.Write([&](Transaction& transaction) -> Result<void> {
        for (const auto& each : worked) {
            if (auto written = WriteOne(transaction, each.row, each.fault, clock_.Now()); !written) {
                return written;
            }
        }
        return {};
    });
}

void Inbox::Loop(InboxLane lane, const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto worked = RunOnce(lane, stop);
        if (!worked) {
            Log(LogLevel::kWarn, "the inbox could not be worked", {{"error", worked.error().message}});
        }
        if (!worked || *worked == 0) {
            Await(lane, stop);
        }
    }
}

void Inbox::Await(InboxLane lane, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    auto& nudged = workers_.at(lane).nudged;
    wakes_.wait_for(lock, stop, kPoll, [&] { return nudged; });
    nudged = false;
}

}  // namespace notify
