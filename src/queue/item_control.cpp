#include "queue/item_control.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "queue/process_end.hpp"
#include "queue/process_start.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The runs a rerun adds: the next one of each process that ended; the first ones of an item that has none,
/// with what the rules choose now.
Result<std::vector<Process>> RunsToAdd(const Snapshot& snapshot, const Item& item, Timestamp now) {
    auto all = snapshot.processes.OfItem(item.id);
    const auto rules = snapshot.rules.OfBucket(item.bucket_id);
    if (!all || !rules) {
        return Unexpected(all ? rules.error() : all.error());
    }
    if (all->empty()) {
        return RunsOfChoices(*all, item, Choose(*rules, item.key), now);
    }
    std::vector<Process> runs;
    for (const auto& process : LatestRuns(std::move(*all))) {
        if (IsTerminal(process.status)) {
            runs.push_back(NextRun(process, now));
        }
    }
    return runs;
}

Result<void> Audit(
    Transaction& transaction, std::string_view actor, std::string_view action, const ItemId& id, Timestamp now
) {
    return transaction.keys.AddAudit(
        {.at = now,
         .actor = std::string(actor),
         .action = std::string(action),
         .subject = id.Value(),
         .detail = {}}
    );
}

/// What a cancellation asked for.
struct Asked {
    int count = 0;
    std::vector<ProcessId> running;
};

Result<Asked> CancelProcesses(
    Transaction& transaction, const ItemId& id, std::string_view actor, Timestamp now
) {
    const auto item = transaction.items.Get(id);
    const auto processes = transaction.processes.OfItem(id);
    if (!item || !processes) {
        return Unexpected(item ? processes.error() : item.error());
    }
    if (processes->empty() && !IsTerminal(item->status)) {  // it waits for its bucket's budget
        return EndUnopened(
                   transaction,
                   *item,
                   {.status = Status::kCancelled,
                    .code = std::string(ToString(ErrorCode::kCancelled)),
                    .reason = fmt::format("cancelled by {}", actor)},
                   now
        )
            .map([] { return Asked{.count = 1, .running = {}}; });
    }
    Asked asked;
    for (const auto& process : *processes) {
        if (IsTerminal(process.status)) {
            continue;
        }
        if (process.status == Status::kProcessing) {
            asked.running.push_back(process.id);
        }
        if (auto done = CancelProcess(transaction, process, fmt::format("cancelled by {}", actor), now);
            !done) {
            return Unexpected(done.error());
        }
        ++asked.count;
    }
    if (asked.count == 0) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format("item {} has nothing left to cancel: it is {}", id.Value(), ToString(item->status))
        );
    }
    return asked;
}

std::string OfPending(const Process& process, const Item& item, Timestamp now) {
    if (item.blocked_by == BlockedBy::kBucketInactive) {
        return fmt::format("{} waits: its bucket is switched off", process.processor);
    }
    if (process.next_attempt_at > now) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(process.next_attempt_at - now).count();
        return fmt::format(
            "{} waits {} s for its next attempt at {}{}",
            process.processor,
            seconds,
            ToRfc3339(process.next_attempt_at),
            process.failure ? "; last time: " + process.failure->message : std::string()
        );
    }
    return fmt::format("{} is ready and waits for a free worker", process.processor);
}

/// True when no process runs before the bytes' digest is known.
bool IsDigestedFirst(const Bucket& bucket) {
    return bucket.kind == "local" || bucket.options.dedupe == Dedupe::kBefore;
}

std::string OfOne(const Process& process, const Item& item, const Bucket& bucket, Timestamp now) {
    switch (process.status) {
        case Status::kPending:
            return OfPending(process, item, now);
        case Status::kProcessing:
            if (item.content_sha256.empty() && IsDigestedFirst(bucket)) {
                return fmt::format(
                    "{} waits while the file is being read ({:.0f} % read{})",
                    process.processor,
                    process.progress * 100,
                    process.cancel_requested ? ", cancellation requested" : ""
                );
            }
            return fmt::format(
                "{} runs since {} ({:.0f} % done{})",
                process.processor,
                ToRfc3339(process.started_at.value_or(process.since)),
                process.progress * 100,
                process.cancel_requested ? ", cancellation requested" : ""
            );
        case Status::kCompleted:
            return fmt::format("{} completed at {}", process.processor, ToRfc3339(process.since));
        case Status::kFailed:
        case Status::kCancelled:
        case Status::kSkipped:
            break;
    }
    const auto why = process.failure ? process.failure->message : std::string("without a reason");
    return fmt::format("{} is {}: {}", process.processor, ToString(process.status), why);
}

/// What has not ended while nothing moves.
std::string OfStanding(const Process& process) {
    return process.status == Status::kProcessing
               ? fmt::format("{} had begun; it goes on, or runs again", process.processor)
               : fmt::format("{} waits", process.processor);
}

}  // namespace

Result<int> ItemControl::Rerun(const ItemId& id, std::string_view actor) {
    return storage_.Write([&](Transaction& transaction) -> Result<int> {
        const auto now = clock_.Now();
        const auto item = transaction.items.Get(id);
        const auto runs = item ? RunsToAdd(transaction.View(), *item, now) : Unexpected(item.error());
        if (!runs) {
            return Unexpected(runs.error());
        }
        for (const auto& run : *runs) {
            if (auto added = transaction.processes.Add(run); !added) {
                return Unexpected(added.error());
            }
        }
        const auto count = static_cast<int>(runs->size());
        if (count == 0) {
            return Fail(
                ErrorCode::kConflict,
                item->reason_code == kNoRule
                    ? fmt::format("item {} has no processor: no rule of its bucket takes it", id.Value())
                    : fmt::format("item {} has nothing that ended and could run again", id.Value())
            );
        }
        auto done = Audit(transaction, actor, "item.rerun", id, now).and_then([&] {
            return FinishItem(transaction, id, now);
        });
        return done ? Result<int>(count) : Unexpected(done.error());
    });
}

Result<int> ItemControl::Cancel(const ItemId& id, std::string_view actor) {
    const auto asked = storage_.Write([&](Transaction& transaction) {
        const auto now = clock_.Now();
        auto cancelled = CancelProcesses(transaction, id, actor, now);
        return cancelled
            .and_then([&](const Asked&) { return Audit(transaction, actor, "item.cancel", id, now); })
            .and_then([&] { return FinishItem(transaction, id, now); })
            .and_then([&] { return std::move(cancelled); });
    });
    if (!asked) {
        return Unexpected(asked.error());
    }
    for (const auto& process : asked->running) {
        cancel_(process);
    }
    return asked->count;
}

Result<ItemsDone> ItemControl::RerunAll(
    const ItemFilter& filter, const PageRequest& page, std::string_view actor
) {
    return ForAll(&ItemControl::Rerun, filter, page, actor);
}

Result<ItemsDone> ItemControl::CancelAll(
    const ItemFilter& filter, const PageRequest& page, std::string_view actor
) {
    return ForAll(&ItemControl::Cancel, filter, page, actor);
}

Result<ItemsDone> ItemControl::ForAll(
    Act act, const ItemFilter& filter, const PageRequest& page, std::string_view actor
) {
    const auto listed =
        storage_.Read([&](const Snapshot& snapshot) { return snapshot.items.List(filter, page); });
    if (!listed) {
        return Unexpected(listed.error());
    }
    ItemsDone done{.items = 0, .processes = 0, .left_alone = 0, .next = listed->next};
    for (const auto& item : listed->rows) {
        const auto processes = (this->*act)(item.id, actor);
        if (processes) {
            ++done.items;
            done.processes += *processes;
        } else if (
            processes.error().code == ErrorCode::kConflict || processes.error().code == ErrorCode::kNotFound
        ) {
            ++done.left_alone;
        } else {
            return Unexpected(processes.error().Within(item.id.Value()));
        }
    }
    return done;
}

std::vector<std::string> Why(
    const Item& item,
    const std::vector<Process>& processes,
    const std::optional<Standstill>& standstill,
    const Bucket& bucket,
    Timestamp now
) {
    std::vector<std::string> sentences;
    if (standstill && !IsTerminal(item.status)) {
        sentences.push_back(standstill->sentence);
    }
    if (item.blocked_by == BlockedBy::kResolving) {
        sentences.emplace_back("processed; its faces are being compared with people who changed meanwhile");
    }
    if (processes.empty() && item.blocked_by == BlockedBy::kBucketInactive) {
        sentences.emplace_back("it waits: its bucket is switched off");
    }
    if (processes.empty() && !item.reason.empty()) {
        sentences.push_back(fmt::format("{}: {}", ToString(item.status), item.reason));
    }
    auto runs = LatestRuns(processes);
    std::ranges::stable_sort(runs, {}, [](const Process& process) { return IsTerminal(process.status); });
    for (const auto& process : runs) {
        const bool stands = standstill && !IsTerminal(process.status);
        sentences.push_back(stands ? OfStanding(process) : OfOne(process, item, bucket, now));
    }
    return sentences;
}

}  // namespace notify
