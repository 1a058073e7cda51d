#include "queue/backlog/budget.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <ratio>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <bits/chrono.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/done_mark.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/process_end.hpp"
#include "queue/process_start.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kUnderWay = 16;
constexpr std::int64_t kUnderWayByHours = 4;
constexpr int kBatch = 100;  // items in a transaction when nothing limits them
constexpr milliseconds kInterval{2000};

void Sleep(milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wakes;
    std::unique_lock lock(mutex);
    wakes.wait_for(lock, stop, time, [] { return false; });
}

milliseconds DurationIn(const StoredResult& result) {
    const auto json = ParseJson(result.document);
    const auto* media = json && json->is_object() ? json->get_object().if_contains("media") : nullptr;
    const auto* duration =
        media != nullptr && media->is_object() ? media->get_object().if_contains("duration_ms") : nullptr;
    return milliseconds(
        duration != nullptr && duration->is_int64() ? std::max<std::int64_t>(duration->get_int64(), 0) : 0
    );
}

/// How long the item's media plays, as far as its results tell.
Result<milliseconds> MediaOf(const Snapshot& snapshot, const ItemId& id) {
    const auto processes = snapshot.processes.OfItem(id);
    if (!processes) {
        return Unexpected(processes.error());
    }
    milliseconds longest{0};
    for (const auto& process : *processes) {
        if (process.result_id.IsEmpty()) {
            continue;
        }
        const auto result = snapshot.results.Get(process.result_id);
        if (!result) {
            return Unexpected(result.error());
        }
        longest = std::max(longest, DurationIn(*result));
    }
    return longest;
}

/// False of what waits for a reason of its own, as archived media does for days: it takes nobody's turn.
bool IsUnderWay(const OpenItem& item) {
    return !(item.status == Status::kPending && IsOfTheItem(item.reason_code));
}

/// Notes the end of what has ended; how many are under way.
Result<std::int64_t> CountUnderWay(Transaction& transaction, const BucketId& bucket) {
    const auto open = transaction.backlog.Open(bucket);
    if (!open) {
        return Unexpected(open.error());
    }
    std::int64_t under_way = 0;
    for (const auto& item : *open) {
        if (!IsTerminal(item.status)) {
            under_way += IsUnderWay(item) ? 1 : 0;
            continue;
        }
        auto ended = MediaOf(transaction.View(), item.id).and_then([&](milliseconds media) {
            return transaction.backlog.SetEnded(item.id, media);
        });
        if (!ended) {
            return Unexpected(ended.error());
        }
    }
    return under_way;
}

/// How many items may be let go now.
Result<int> RoomIn(Transaction& transaction, const Bucket& bucket, Timestamp now) {
    const auto& budget = bucket.options.backlog;
    if (budget.policy != BacklogPolicy::kBudget) {
        return kBatch;
    }
    const auto today = std::chrono::floor<std::chrono::days>(now);
    const auto under_way = CountUnderWay(transaction, bucket.id);
    const auto used = transaction.backlog.Used(bucket.id, today);
    if (!under_way || !used) {
        return Unexpected(under_way ? used.error() : under_way.error());
    }
    const bool by_hours = budget.decode_hours_per_day > 0;
    auto room = (by_hours ? kUnderWayByHours : kUnderWay) - *under_way;
    if (budget.items_per_day > 0) {
        room = std::min(room, budget.items_per_day - used->items);
    }
    const auto hours = std::chrono::duration<double, std::ratio<3600>>(used->media).count();
    return by_hours && hours >= budget.decode_hours_per_day
               ? 0
               : static_cast<int>(std::max<std::int64_t>(room, 0));
}

/// A bucket whose backlog is looked at.
struct Waiting {
    Bucket bucket;
    std::vector<Rule> rules;
};

Result<void> GiveRuns(Transaction& transaction, const Item& item, const Waiting& of, Timestamp now) {
    for (const auto& choice : Choose(of.rules, item.key)) {
        if (auto added = transaction.processes.Add(FirstRun(item, choice, now)); !added) {
            return added;
        }
    }
    const bool counts = of.bucket.options.backlog.policy == BacklogPolicy::kBudget;
    auto noted = counts ? transaction.backlog.NoteGiven(of.bucket.id, item.id, now) : Result<void>{};
    return noted.and_then([&] { return FinishItem(transaction, item.id, now); });
}

Result<void> LetGo(Transaction& transaction, const ItemId& id, const Waiting& of, Timestamp now) {
    const auto item = transaction.items.Get(id);
    if (!item) {
        return Unexpected(item.error());
    }
    if (of.bucket.options.backlog.policy == BacklogPolicy::kIgnore) {
        return EndUnopened(
            transaction,
            *item,
            {.status = Status::kSkipped,
             .code = std::string(kBeforeBaseline),
             .reason = "it was there before its bucket was added, and is ignored"},
            now
        );
    }
    if (Choose(of.rules, item->key).empty()) {
        return EndUnopened(
            transaction,
            *item,
            {.status = Status::kSkipped,
             .code = std::string(kNoRule),
             .reason = "no rule of its bucket takes this path"},
            now
        );
    }
    return GiveRuns(transaction, *item, of, now);
}

/// How many no longer wait. Without a rule nothing is let go: they would all be skipped.
Result<int> LetSomeGo(Transaction& transaction, const BucketId& id, Timestamp now) {
    auto bucket = transaction.buckets.Get(id);
    auto rules = transaction.rules.OfBucket(id);
    if (!bucket || !rules) {
        return Unexpected(bucket ? rules.error() : bucket.error());
    }
    const bool ignored = bucket->options.backlog.policy == BacklogPolicy::kIgnore;
    if (!bucket->active || (!ignored && std::ranges::none_of(*rules, &Rule::enabled))) {
        return 0;
    }
    const Waiting of{.bucket = *std::move(bucket), .rules = *std::move(rules)};
    const auto room = RoomIn(transaction, of.bucket, now);
    const auto items = room.and_then([&](int most) { return transaction.backlog.Waiting(id, most); });
    if (!items) {
        return Unexpected(items.error());
    }
    for (const auto& item : *items) {
        if (auto done = LetGo(transaction, item, of, now); !done) {
            return Unexpected(done.error());
        }
    }
    return static_cast<int>(items->size());
}

/// Buckets that something waits in, or that let something go which has not ended.
Result<std::vector<BucketId>> ToLookAt(Storage& storage) {
    return storage.Read([](const Snapshot& snapshot) -> Result<std::vector<BucketId>> {
        const auto buckets = snapshot.buckets.List();
        if (!buckets) {
            return Unexpected(buckets.error());
        }
        std::vector<BucketId> found;
        for (const auto& bucket : *buckets) {
            const auto waiting = snapshot.backlog.Waiting(bucket.id, 1);
            if (!waiting) {
                return Unexpected(waiting.error());
            }
            if (bucket.active && !waiting->empty()) {
                found.push_back(bucket.id);
            }
        }
        return found;
    });
}

}  // namespace

BacklogBudget::~BacklogBudget() {
    Stop();
}

void BacklogBudget::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void BacklogBudget::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

Result<int> BacklogBudget::RunOnce(const std::stop_token& stop) {
    const auto buckets = ToLookAt(storage_);
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    const auto now = clock_.Now();
    int given = 0;
    for (const auto& id : *buckets) {
        if (stop.stop_requested()) {
            break;
        }
        const auto some =
            storage_.Write([&](Transaction& transaction) { return LetSomeGo(transaction, id, now); });
        if (!some) {
            return some;
        }
        given += *some;
    }
    const auto old = std::chrono::floor<std::chrono::days>(now) - std::chrono::days(1);
    const auto forgotten = given == 0 ? Result<int>(0) : storage_.Write([&](Transaction& transaction) {
        return transaction.backlog.ForgetGiven(old);
    });
    return forgotten ? Result<int>(given) : forgotten;
}

void BacklogBudget::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        const auto given = RunOnce(stop);
        if (!given) {
            Log(LogLevel::kWarn, "a backlog could not be looked at", {{"error", given.error().message}});
        } else if (*given > 0) {
            given_();
        }
        Sleep(kInterval, stop);
    }
}

}  // namespace notify
