#include "storage/item_status.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/appearance_list.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_text.hpp"
#include "storage/latest_runs.hpp"
#include "storage/pause_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kMaxSentence = 500;  // an event's data stays small

/// UTF-8 whatever a decoder or a store put into it, and bounded.
std::string Sentence(std::string_view text) {
    return KeyText(text.substr(0, kMaxSentence));
}

std::string_view EventType(Status status) {
    switch (status) {
        case Status::kCompleted:
            return "item.completed";
        case Status::kFailed:
            return "item.failed";
        case Status::kSkipped:
            return "item.skipped";
        case Status::kCancelled:
            return "item.cancelled";
        case Status::kPending:
        case Status::kProcessing:
            break;
    }
    return {};
}

/// Sets code and sentence from the first process that has the item's status and a failure. What moves or went
/// well has nothing to say, whatever an earlier try left behind.
void TakeReason(Item& item, const std::vector<Process>& processes) {
    const bool moves_or_well = item.status == Status::kProcessing || item.status == Status::kCompleted;
    if (moves_or_well && item.reason_code == kUnresolved) {
        return;
    }
    item.reason_code.clear();
    item.reason.clear();
    if (moves_or_well) {
        return;
    }
    for (const auto& process : processes) {
        if (process.status != item.status || !process.failure) {
            continue;
        }
        item.reason_code = process.failure->reason.empty() ? process.failure->code : process.failure->reason;
        item.reason = fmt::format("{}: {}", process.processor, process.failure->message);
        const auto failed = std::ranges::count(processes, Status::kFailed, &Process::status);
        if (item.status == Status::kFailed && failed > 1) {
            item.reason += fmt::format(" (and {} more failed)", failed - 1);
        }
        return;
    }
}

/// What a process waits for that may only be tried later.
BlockedBy WhyLater(const Process& process) {
    const auto code = process.failure ? ErrorCodeFrom(process.failure->code) : std::nullopt;
    if (process.failure && IsOfTheItem(process.failure->reason)) {
        return BlockedBy::kRetryDelay;
    }
    if (code == ErrorCode::kUnauthenticated || code == ErrorCode::kThrottled) {
        return BlockedBy::kSourceRefuses;
    }
    if (process.failure && process.failure->reason == kNoChild) {
        return BlockedBy::kProcessor;
    }
    return code == ErrorCode::kStorageFull ? BlockedBy::kStorageFull : BlockedBy::kRetryDelay;
}

BlockedBy WhyPending(const std::vector<Process>& processes, Timestamp now) {
    const Process* first = nullptr;
    for (const auto& process : processes) {
        if (process.status == Status::kPending &&
            (first == nullptr || process.next_attempt_at < first->next_attempt_at)) {
            first = &process;
        }
    }
    return first != nullptr && first->next_attempt_at > now ? WhyLater(*first) : BlockedBy::kSlot;
}

/// What is known of items before they are brought up to date.
struct Known {
    std::vector<Item> items;
    std::map<ItemId, std::vector<Process>> runs;  ///< The latest ones.
    std::set<ItemId> resolving;
};

Result<Known> ReadKnown(const Transaction& transaction, const std::vector<ItemId>& ids) {
    auto rows = transaction.items.GetAll(ids);
    auto runs = transaction.processes.OfItems(ids);
    auto resolving = transaction.processes.Resolving(ids);
    if (!rows || !runs || !resolving) {
        return Unexpected(!rows ? rows.error() : !runs ? runs.error() : resolving.error());
    }
    std::map<ItemId, Item> by_id;
    for (auto& item : *rows) {
        auto id = item.id;
        by_id.emplace(std::move(id), std::move(item));
    }
    Known known{.items = {}, .runs = *std::move(runs), .resolving = *std::move(resolving)};
    for (const auto& id : ids) {
        const auto found = by_id.find(id);
        if (found == by_id.end()) {
            return Fail(ErrorCode::kNotFound, fmt::format("there is no item {}", id.Value()));
        }
        known.items.push_back(std::move(found->second));
    }
    for (auto& [id, all] : known.runs) {
        all = LatestRuns(std::move(all));
    }
    return known;
}

/// The item as its processes say it is; `since` and `state_version` are left to the caller.
Result<Item> Present(const Transaction& transaction, Item item, const Known& known, Timestamp now) {
    const auto& processes = known.runs.at(item.id);
    const bool resolving = known.resolving.contains(item.id);
    std::vector<Status> statuses;
    statuses.reserve(processes.size());
    for (const auto& process : processes) {
        statuses.push_back(process.status);
    }
    item.status = ItemStatus(statuses);
    item.blocked_by = BlockedBy::kNothing;
    if (auto taken = TakeBlockedBy(transaction.View(), item, now); !taken) {
        return Unexpected(taken.error());
    }
    item.resolving_since = resolving ? std::optional(item.resolving_since.value_or(now)) : std::nullopt;
    if (resolving && IsTerminal(item.status)) {
        item.status = Status::kProcessing;
        item.blocked_by = BlockedBy::kResolving;
    }
    TakeReason(item, processes);
    return item;
}

bool Same(const Item& a, const Item& b) {
    return a.status == b.status && a.blocked_by == b.blocked_by && a.reason_code == b.reason_code &&
           a.reason == b.reason && a.resolving_since == b.resolving_since;
}

NotedChange ChangeOf(const Item& item, const std::vector<Process>& processes, Timestamp now) {
    const auto latest = std::ranges::max_element(processes, {}, &Process::since);
    return {
        .item_id = item.id,
        .change = {
            .at = now,
            .status = item.status,
            .process_id = latest == processes.end() ? ProcessId() : latest->id,
            .attempt = latest == processes.end() ? 0 : latest->attempt,
            .reason_code = item.reason_code,
            .reason = item.reason
        }
    };
}

/// That they ended, of those that did.
Result<std::vector<Event>> Ends(
    const Transaction& transaction, const std::vector<Item>& items, const Known& known, Timestamp now
) {
    std::vector<ItemId> ended;
    for (const auto& item : items) {
        if (IsTerminal(item.status)) {
            ended.push_back(item.id);
        }
    }
    const auto seen = transaction.people.WithAppearances(ended);
    if (!seen) {
        return Unexpected(seen.error());
    }
    std::vector<Event> events;
    for (const auto& item : items) {
        if (!IsTerminal(item.status)) {
            continue;
        }
        auto people = seen->contains(item.id) ? ConfirmedPeople(transaction.people, item.id)
                                              : Result<boost::json::array>(boost::json::array());
        if (!people) {
            return Unexpected(people.error());
        }
        const auto type = EventType(item.status);
        events.push_back({
            .id = EventId(MakeId("msg")),
            .type = std::string(type),
            .subject = item.id.Value(),
            .dedup_key = fmt::format("{}:{}:{}", item.id.Value(), type, item.state_version),
            .at = now,
            .data = ItemEventData(item, known.runs.at(item.id), std::move(*people)),
        });
    }
    return events;
}

/// Items whose row is to be written, and those of them whose status is another one now.
struct Refreshed {
    std::vector<Item> all;
    std::vector<Item> moved;
};

/// Writes the rows, and tells of those that moved.
Result<void> Write(Transaction& transaction, const Refreshed& items, const Known& known, Timestamp now) {
    std::vector<NotedChange> changes;
    changes.reserve(items.moved.size());
    for (const auto& item : items.moved) {
        changes.push_back(ChangeOf(item, known.runs.at(item.id), now));
    }
    return transaction.items.SetStatuses(items.all)
        .and_then([&] { return transaction.items.AddChanges(changes); })
        .and_then([&] { return Ends(transaction, items.moved, known, now); })
        .and_then([&](const std::vector<Event>& events) { return transaction.events.AppendAll(events); });
}

}  // namespace

bool IsOfTheItem(std::string_view reason) noexcept {
    constexpr std::array<std::string_view, 4> kOfTheItem{
        "archived", "restoring", "media_not_ready", "same_bytes"
    };
    return std::ranges::find(kOfTheItem, reason) != kOfTheItem.end();
}

std::optional<double> ProgressOf(const Item& item, const std::vector<Process>& runs) {
    if (item.status != Status::kProcessing || runs.empty()) {
        return std::nullopt;
    }
    double sum = 0;
    for (const auto& run : runs) {
        sum += IsTerminal(run.status) ? 1.0 : run.status == Status::kProcessing ? run.progress : 0.0;
    }
    return sum / static_cast<double>(runs.size());
}

std::string ItemEventData(
    const Item& item, const std::vector<Process>& processes, boost::json::array people
) {
    boost::json::array rows;
    boost::json::array failed;
    for (const auto& process : processes) {
        boost::json::object row{
            {"process", process.id.Value()},
            {"processor", process.processor},
            {"status", ToString(process.status)},
        };
        if (!process.result_id.IsEmpty()) {
            row["result"] = process.result_id.Value();
        }
        if (process.failure && process.status != Status::kCompleted) {
            row["code"] = process.failure->code;
            row["reason"] = process.failure->reason;
            row["message"] = Sentence(process.failure->message);
        }
        if (process.status == Status::kFailed) {
            failed.emplace_back(process.id.Value());
        }
        rows.push_back(std::move(row));
    }
    return ToJsonText(
        boost::json::object{
            {"item", item.id.Value()},
            {"bucket", item.bucket_id.Value()},
            {"key", KeyText(item.key)},
            {"status", ToString(item.status)},
            {"state_version", item.state_version},
            {"reason_code", item.reason_code},
            {"reason", Sentence(item.reason)},
            {"failed_processes", std::move(failed)},
            {"processes", std::move(rows)},
            {"people", std::move(people)},
        }
    );
}

Result<void> TakeBlockedBy(const Snapshot& snapshot, Item& item, Timestamp now) {
    if (item.status != Status::kPending) {
        return {};
    }
    const auto bucket = snapshot.buckets.Get(item.bucket_id);
    const auto hold = snapshot.buckets.HoldOf(item.bucket_id);
    if (!bucket || !hold) {
        return Unexpected(bucket ? hold.error() : bucket.error());
    }
    const auto pause = snapshot.pauses.OfItems(*bucket, now);
    auto processes = snapshot.processes.OfItem(item.id);
    if (!pause || !processes) {
        return Unexpected(pause ? processes.error() : pause.error());
    }
    if (processes->empty() && item.blocked_by == BlockedBy::kBudget && bucket->active && !*hold) {
        return {};
    }
    item.blocked_by = !bucket->active ? BlockedBy::kBucketInactive
                      : *pause        ? BlockedBy::kPaused
                      : *hold         ? BlockedBy::kSourceRefuses
                                      : WhyPending(LatestRuns(std::move(*processes)), now);
    return {};
}

Result<Item> RefreshItem(Transaction& transaction, const ItemId& id, Timestamp now) {
    return RefreshItems(transaction, {id}, now).map([](std::vector<Item> items) {
        return std::move(items.front());
    });
}

Result<std::vector<Item>> RefreshItems(
    Transaction& transaction, const std::vector<ItemId>& ids, Timestamp now
) {
    auto known = ReadKnown(transaction, ids);
    if (!known) {
        return Unexpected(known.error());
    }
    std::vector<Item> with_processes;
    std::ranges::copy_if(known->items, std::back_inserter(with_processes), [&](const Item& item) {
        return known->runs.contains(item.id);
    });
    if (auto asked = RequestStatuses(transaction, with_processes, now); !asked) {
        return Unexpected(asked.error());
    }
    std::vector<Item> items;
    Refreshed written;
    for (const auto& item : known->items) {
        if (!known->runs.contains(item.id)) {
            items.push_back(item);
            continue;
        }
        auto now_is = Present(transaction, item, *known, now);
        if (!now_is) {
            return Unexpected(now_is.error());
        }
        if (now_is->status != item.status) {
            now_is->since = now;
            ++now_is->state_version;
            written.moved.push_back(*now_is);
        }
        if (!Same(*now_is, item)) {
            written.all.push_back(*now_is);
        }
        items.push_back(*std::move(now_is));
    }
    return Write(transaction, written, *known, now).map([&] { return std::move(items); });
}

}  // namespace notify
