#include "queue/backlog/done.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/done_mark.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/backlog/first_contact.hpp"
#include "queue/process_end.hpp"
#include "queue/process_start.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Process EndedElsewhere(Process process, const DoneMark& mark, Timestamp now) {
    process.status = Status::kSkipped;
    process.since = now;
    process.finished_at = now;
    process.failure = Failure{
        .code = std::string(ToString(ErrorCode::kUnsupported)),
        .stage = "queue",
        .reason = std::string(kDoneElsewhere),
        .message = DoneSentence(mark),
        .will_retry = false
    };
    return process;
}

Result<void> EndWaiting(
    Transaction& transaction, const std::vector<Process>& runs, const DoneMark& mark, Timestamp now
) {
    for (const auto& run : runs) {
        if (run.status != Status::kPending) {
            continue;
        }
        const auto ended = EndedElsewhere(run, mark, now);
        auto done = transaction.processes.UpdatePending(ended).and_then([&] {
            return TellProcess(transaction, ended, now);
        });
        if (!done) {
            return done;
        }
    }
    return FinishItem(transaction, runs.front().item_id, now);
}

Result<MarkCounts> EndUnprocessed(
    Transaction& transaction, const Item& item, const DoneMark& mark, Timestamp now
) {
    const UnopenedEnd end{
        .status = Status::kSkipped, .code = std::string(kDoneElsewhere), .reason = DoneSentence(mark)
    };
    const bool was_no_work = item.reason_code == kNoRule || item.reason_code == kBeforeBaseline;
    if (item.status == Status::kPending) {
        return EndUnopened(transaction, item, end, now).map([] { return MarkCounts{.items = 1}; });
    }
    return item.status == Status::kSkipped && was_no_work
               ? NoteAside(transaction, item, {.code = end.code, .reason = end.reason}, now).map([] {
                     return MarkCounts{.items = 1};
                 })
               : Result<MarkCounts>(MarkCounts{});
}

/// What the mark does to the item that is at its key now.
Result<MarkCounts> EndItem(Transaction& transaction, const Item& item, const DoneMark& mark, Timestamp now) {
    auto all = transaction.processes.OfItem(item.id);
    if (!all) {
        return Unexpected(all.error());
    }
    if (all->empty()) {
        return EndUnprocessed(transaction, item, mark, now);
    }
    const auto runs = LatestRuns(*std::move(all));
    if (std::ranges::find(runs, Status::kProcessing, &Process::status) != runs.end()) {
        return MarkCounts{.running = 1};
    }
    if (item.status != Status::kPending) {
        return MarkCounts{.processed = 1};
    }
    return EndWaiting(transaction, runs, mark, now).map([] { return MarkCounts{.items = 1}; });
}

Result<bool> IsThere(const Snapshot& snapshot, const Bucket& bucket, const DoneMark& mark) {
    return snapshot.backlog.Marks(bucket.id, mark.key).map([&](const std::vector<DoneMark>& marks) {
        return std::ranges::find(marks, mark.version, &DoneMark::version) != marks.end();
    });
}

Result<MarkCounts> MarkOne(
    Transaction& transaction, const Bucket& bucket, const WantedMark& wanted, Timestamp now
) {
    const auto there = IsThere(transaction.View(), bucket, wanted.mark);
    const auto marked = there && (!*there || wanted.dated) ? transaction.backlog.Mark(bucket.id, wanted.mark)
                                                           : there.map([](bool) { return false; });
    if (!marked || !*marked) {
        return marked.map([](bool) { return MarkCounts{.unchanged = 1}; });
    }
    const auto newest = transaction.items.Newest(bucket.id, wanted.mark.key);
    if (!newest) {
        return Unexpected(newest.error());
    }
    const bool concerned =
        newest->has_value() && Covers(wanted.mark, (*newest)->version, (*newest)->modified_at);
    auto counts =
        concerned ? EndItem(transaction, **newest, wanted.mark, now) : Result<MarkCounts>(MarkCounts{});
    return counts.map([](MarkCounts found) {
        found.marked = 1;
        return found;
    });
}

/// What an item without processes would be without the mark.
Result<void> TakeUpUnprocessed(
    Transaction& transaction, const Bucket& bucket, const Item& item, Timestamp now
) {
    const auto rules = transaction.rules.OfBucket(bucket.id);
    const auto aside = FindSetAside(transaction.View(), bucket, item);
    if (!rules || !aside) {
        return Unexpected(rules ? aside.error() : rules.error());
    }
    if (*aside) {
        return NoteAside(transaction, item, **aside, now);
    }
    const auto choices = Choose(*rules, item.key);
    if (choices.empty()) {
        return NoteAside(
            transaction,
            item,
            {.code = std::string(kNoRule), .reason = NoRuleSentence(bucket.name, *rules)},
            now
        );
    }
    for (const auto& choice : choices) {
        if (auto added = transaction.processes.Add(FirstRun(item, choice, now)); !added) {
            return added;
        }
    }
    return FinishItem(transaction, item.id, now);
}

Result<void> TakeUp(Transaction& transaction, const Bucket& bucket, const Item& item, Timestamp now) {
    auto all = transaction.processes.OfItem(item.id);
    if (!all || all->empty()) {
        return all ? TakeUpUnprocessed(transaction, bucket, item, now) : Unexpected(all.error());
    }
    for (const auto& run : LatestRuns(*std::move(all))) {
        const bool ended_so = run.failure && run.failure->reason == kDoneElsewhere;
        auto added = ended_so ? transaction.processes.Add(NextRun(run, now)) : Result<void>{};
        if (!added) {
            return added;
        }
    }
    return FinishItem(transaction, item.id, now);
}

Result<MarkCounts> UnmarkOne(
    Transaction& transaction, const Bucket& bucket, const DoneMark& mark, Timestamp now
) {
    const auto unmarked = transaction.backlog.Unmark(bucket.id, mark.key, mark.version);
    if (!unmarked || !*unmarked) {
        return unmarked.map([](bool) { return MarkCounts{.unchanged = 1}; });
    }
    const auto newest = transaction.items.Newest(bucket.id, mark.key);
    if (!newest) {
        return Unexpected(newest.error());
    }
    if (!*newest || (*newest)->status != Status::kSkipped || (*newest)->reason_code != kDoneElsewhere) {
        return MarkCounts{.marked = 1};
    }
    return TakeUp(transaction, bucket, **newest, now).map([] { return MarkCounts{.marked = 1, .items = 1}; });
}

}  // namespace

MarkCounts& MarkCounts::operator+=(const MarkCounts& more) {
    marked += more.marked;
    unchanged += more.unchanged;
    items += more.items;
    running += more.running;
    processed += more.processed;
    return *this;
}

Result<MarkCounts> MarkDone(
    Transaction& transaction, const Bucket& bucket, const std::vector<WantedMark>& marks, Timestamp now
) {
    MarkCounts all;
    for (const auto& wanted : marks) {
        const auto one = MarkOne(transaction, bucket, wanted, now);
        if (!one) {
            return one;
        }
        all += *one;
    }
    return all;
}

Result<MarkCounts> UnmarkDone(
    Transaction& transaction, const Bucket& bucket, const std::vector<WantedMark>& marks, Timestamp now
) {
    MarkCounts all;
    for (const auto& wanted : marks) {
        const auto one = UnmarkOne(transaction, bucket, wanted.mark, now);
        if (!one) {
            return one;
        }
        all += *one;
    }
    return all;
}

}  // namespace notify
