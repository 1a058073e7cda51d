#include "queue/backlog/budget.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ratio>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/backlog/first_contact.hpp"
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
constexpr std::int64_t kLongestMs = 1'000'000'000'000;  // some decades: what results say is added up

milliseconds DurationIn(const StoredResult& result) {
    const auto json = ParseJson(result.document);
    const auto* media = json && json->is_object() ? json->get_object().if_contains("media") : nullptr;
    const auto* duration =
        media != nullptr && media->is_object() ? media->get_object().if_contains("duration_ms") : nullptr;
    return milliseconds(
        duration != nullptr && duration->is_int64()
            ? std::clamp<std::int64_t>(duration->get_int64(), 0, kLongestMs)
            : 0
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

/// False of what has ended, and of what waits for a reason of its own, as archived media does for days, or
/// for a store that cannot give it: it takes nobody's turn.
bool IsUnderWay(const OpenItem& item) {
    const bool waits = item.status == Status::kPending && (item.waits_long || IsOfTheItem(item.reason_code));
    return !IsTerminal(item.status) && !waits;
}

/// Notes the end of what has ended.
Result<void> NoteEnds(Transaction& transaction, const std::vector<OpenItem>& open) {
    for (const auto& item : open) {
        if (!IsTerminal(item.status)) {
            continue;
        }
        auto ended = MediaOf(transaction.View(), item.id).and_then([&](milliseconds media) {
            return transaction.backlog.SetEnded(item.id, media);
        });
        if (!ended) {
            return ended;
        }
    }
    return {};
}

/// A bucket whose backlog is looked at.
struct Waiting {
    Bucket bucket;
    std::vector<Rule> rules;
    std::vector<OpenItem> open;  ///< BacklogRepository::Open.
};

Result<Waiting> WaitingIn(const Snapshot& snapshot, const BucketId& id) {
    auto bucket = snapshot.buckets.Get(id);
    auto rules = snapshot.rules.OfBucket(id);
    auto open = snapshot.backlog.Open(id);
    if (!bucket || !rules || !open) {
        return Unexpected(!bucket ? bucket.error() : !rules ? rules.error() : open.error());
    }
    return Waiting{.bucket = *std::move(bucket), .rules = *std::move(rules), .open = *std::move(open)};
}

/// How many items may be let go now. Without a rule none: they would all be skipped.
Result<int> RoomIn(const Snapshot& snapshot, const Waiting& of, Timestamp now) {
    const auto& budget = of.bucket.options.backlog;
    const bool to_rules = budget.policy != BacklogPolicy::kIgnore;
    if (!of.bucket.active || (to_rules && std::ranges::none_of(of.rules, &Rule::enabled))) {
        return 0;
    }
    if (budget.policy != BacklogPolicy::kBudget) {
        return kBatch;
    }
    const auto used = snapshot.backlog.Used(of.bucket.id, std::chrono::floor<std::chrono::days>(now));
    if (!used) {
        return Unexpected(used.error());
    }
    const bool by_hours = budget.decode_hours_per_day > 0;
    auto room = (by_hours ? kUnderWayByHours : kUnderWay) - std::ranges::count_if(of.open, IsUnderWay);
    if (budget.items_per_day > 0) {
        room = std::min(room, budget.items_per_day - used->items);
    }
    const auto hours = std::chrono::duration<double, std::ratio<3600>>(used->media).count();
    return by_hours && hours >= budget.decode_hours_per_day
               ? 0
               : static_cast<int>(std::max<std::int64_t>(room, 0));
}

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
        return NoteAside(transaction, *item, AsideByPolicy(of.bucket), now);
    }
    if (Choose(of.rules, item->key).empty()) {
        return EndUnopened(
            transaction,
            *item,
            {.status = Status::kSkipped,
             .code = std::string(kNoRule),
             .reason = NoRuleSentence(of.bucket.name, of.rules)},
            now
        );
    }
    return GiveRuns(transaction, *item, of, now);
}

/// How many no longer wait.
Result<int> LetSomeGo(Transaction& transaction, const BucketId& id, Timestamp now) {
    const auto of = WaitingIn(transaction.View(), id);
    if (!of) {
        return Unexpected(of.error());
    }
    const auto items = NoteEnds(transaction, of->open)
                           .and_then([&] { return RoomIn(transaction.View(), *of, now); })
                           .and_then([&](int most) { return transaction.backlog.Waiting(id, most); });
    if (!items) {
        return Unexpected(items.error());
    }
    for (const auto& item : *items) {
        if (auto done = LetGo(transaction, item, *of, now); !done) {
            return Unexpected(done.error());
        }
    }
    return static_cast<int>(items->size());
}

/// True when there is something to write: an end to note, or something that waits and has room.
Result<bool> IsDue(const Snapshot& snapshot, const BucketId& id, Timestamp now) {
    const auto of = WaitingIn(snapshot, id);
    const auto waiting = snapshot.backlog.Waiting(id, 1);
    if (!of || !waiting) {
        return Unexpected(of ? waiting.error() : of.error());
    }
    if (std::ranges::any_of(of->open, IsTerminal, &OpenItem::status)) {
        return true;
    }
    return waiting->empty() ? Result<bool>(false)
                            : RoomIn(snapshot, *of, now).map([](int room) { return room > 0; });
}

Result<std::vector<BucketId>> FindDue(const Snapshot& snapshot, Timestamp now) {
    const auto buckets = snapshot.buckets.List();
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    std::vector<BucketId> found;
    for (const auto& bucket : *buckets) {
        const auto due = IsDue(snapshot, bucket.id, now);
        if (!due) {
            return Unexpected(due.error());
        }
        if (*due) {
            found.push_back(bucket.id);
        }
    }
    return found;
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

/// All that may be let go of the bucket now: a full batch is followed by another.
Result<int> BacklogBudget::LetGo(const BucketId& id, Timestamp now, const std::stop_token& stop) {
    int given = 0;
    Result<int> some = 0;
    do {
        some = storage_.Write([&](Transaction& transaction) { return LetSomeGo(transaction, id, now); });
        if (!some) {
            return some;
        }
        given += *some;
        if (*some > 0) {
            given_();
        }
    } while (*some == kBatch && !stop.stop_requested());
    return given;
}

Result<int> BacklogBudget::RunOnce(const std::stop_token& stop) {
    const auto now = clock_.Now();
    const auto due = storage_.Read([&](const Snapshot& snapshot) { return FindDue(snapshot, now); });
    if (!due) {
        return Unexpected(due.error());
    }
    int given = 0;
    for (const auto& id : *due) {
        if (stop.stop_requested()) {
            break;
        }
        const auto some = LetGo(id, now, stop);
        if (!some) {
            return some;
        }
        given += *some;
    }
    const auto old = std::chrono::floor<std::chrono::days>(now) - std::chrono::days(1);
    const auto forgotten = due->empty() ? Result<int>(0) : storage_.Write([&](Transaction& transaction) {
        return transaction.backlog.ForgetGiven(old);
    });
    return forgotten ? Result<int>(given) : forgotten;
}

void BacklogBudget::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        if (const auto given = RunOnce(stop); !given) {
            Log(LogLevel::kWarn, "a backlog could not be looked at", {{"error", given.error().message}});
        }
        SleepFor(kInterval, stop);
    }
}

}  // namespace notify
