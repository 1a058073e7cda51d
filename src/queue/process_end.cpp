#include "queue/process_end.hpp"

#include <string>
#include <string_view>
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
#include "queue/retry_policy.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

std::string_view EventType(Status status) {
    switch (status) {
        case Status::kCompleted:
            return "process.completed";
        case Status::kFailed:
            return "process.failed";
        case Status::kSkipped:
            return "process.skipped";
        case Status::kCancelled:
            return "process.cancelled";
        case Status::kPending:
        case Status::kProcessing:
            break;
    }
    return {};
}

boost::json::object WhichProcess(const Process& process) {
    return {
        {"item", process.item_id.Value()},
        {"bucket", process.bucket_id.Value()},
        {"process", process.id.Value()},
        {"processor", process.processor},
        {"run", process.run},
    };
}

boost::json::object EventData(const Process& process) {
    auto data = WhichProcess(process);
    data["status"] = ToString(process.status);
    data["attempt"] = process.attempt;
    if (process.status == Status::kCompleted) {
        data["result"] = process.result_id.Value();
    } else if (process.failure) {
        data["code"] = process.failure->code;
        data["stage"] = process.failure->stage;
        data["reason"] = process.failure->reason;
        data["message"] = process.failure->message;
    }
    return data;
}

}  // namespace

Result<void> TellProcess(Transaction& transaction, const Process& process, Timestamp now) {
    return TellProcesses(transaction, {process}, now);
}

Result<void> TellProcesses(Transaction& transaction, const std::vector<Process>& processes, Timestamp now) {
    std::vector<Event> events;
    for (const auto& process : processes) {
        const auto type = EventType(process.status);
        if (type.empty()) {
            continue;
        }
        events.push_back({
            .id = EventId(MakeId("msg")),
            .type = std::string(type),
            .subject = process.item_id.Value(),
            .dedup_key = fmt::format("{}:ended", process.id.Value()),
            .at = now,
            .data = ToJsonText(EventData(process)),
        });
    }
    return transaction.events.AppendAll(events);
}

Result<void> TellProgress(Transaction& transaction, const Process& claimed, double done, Timestamp now) {
    const auto process = transaction.processes.Get(claimed.id);
    if (!process) {
        return Unexpected(process.error());
    }
    if (process->status != Status::kProcessing || process->fence != claimed.fence) {
        return {};
    }
    auto data = WhichProcess(*process);
    data["progress"] = done;
    return transaction.events
        .Append({
            .id = EventId(MakeId("msg")),
            .type = "process.progress",
            .subject = process->item_id.Value(),
            .dedup_key = {},
            .at = now,
            .data = ToJsonText(data),
        })
        .map([](bool) {});
}

Result<void> CancelProcess(
    Transaction& transaction, const Process& process, std::string_view why, Timestamp now
) {
    if (IsTerminal(process.status)) {
        return {};
    }
    if (process.status == Status::kProcessing) {
        return transaction.processes.RequestCancel(process.id).map([](bool) {});
    }
    const Error asked{.code = ErrorCode::kCancelled, .stage = "queue", .message = std::string(why)};
    const auto cancelled = AfterFailure(process, asked, CrashKind::kNone, now);
    return transaction.processes.UpdatePending(cancelled).and_then([&] {
        return TellProcess(transaction, cancelled, now);
    });
}

Result<void> FinishItem(Transaction& transaction, const ItemId& id, Timestamp now) {
    return FinishItems(transaction, {id}, now);
}

Result<void> FinishItems(Transaction& transaction, const std::vector<ItemId>& ids, Timestamp now) {
    return RefreshItems(transaction, ids, now).and_then([&](const std::vector<Item>& items) {
        return RequestAllPublications(transaction, items, now);
    });
}

UnopenedEnd SupersededItem() {
    return {
        .status = Status::kSkipped, .code = "superseded", .reason = "a newer version of the file replaced it"
    };
}

Result<void> EndUnopened(Transaction& transaction, Item item, const UnopenedEnd& end, Timestamp now) {
    item.status = end.status;
    item.since = now;
    item.blocked_by = BlockedBy::kNothing;
    item.reason_code = end.code;
    item.reason = end.reason;
    ++item.state_version;  // as SetStatus does
    const auto* const type = end.status == Status::kCancelled ? "item.cancelled" : "item.skipped";
    const ItemChange change{
        .at = now, .status = item.status, .reason_code = item.reason_code, .reason = item.reason
    };
    return transaction.items.SetStatus(item)
        .and_then([&] { return transaction.items.AddChange(item.id, change); })
        .and_then([&] {
            return transaction.events.Append({
                .id = EventId(MakeId("msg")),
                .type = type,
                .subject = item.id.Value(),
                .dedup_key = fmt::format("{}:{}:{}", item.id.Value(), type, item.state_version),
                .at = now,
                .data = ItemEventData(item, {}, {}),
            });
        })
        .map([](bool) {});
}

}  // namespace notify
