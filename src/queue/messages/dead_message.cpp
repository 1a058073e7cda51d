#include "queue/messages/dead_message.hpp"

#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using boost::json::object;

/// As Iconik would send it (sources/messages/iconik_events.hpp).
object MessageOf(const InboxNews& row) {
    object message;
    if (!row.system_domain_id.empty()) {
        message["system_domain_id"] = row.system_domain_id;
    }
    if (row.kind == NewsKind::kChosenAsset) {
        message["context"] = "ASSET";
        message["asset_ids"] = boost::json::array{row.address};
        return message;
    }
    message["event_type"] = "assets";
    message["operation"] = "update";
    message["realm"] = row.kind == NewsKind::kAssetMedia ? "files" : "entity";
    message["data"] = object{{"asset_id", row.address}};
    return message;
}

Event EventOf(const DeadMessage& message) {
    return {
        .id = EventId(MakeId("msg")),
        .type = "message.dead",
        .subject = message.id.Value(),
        .dedup_key = "dead:" + message.id.Value(),
        .at = message.created_at,
        .data = ToJsonText(
            boost::json::object{
                {"message", message.id.Value()},
                {"source", message.source_id.Value()},
                {"reason", message.reason},
                {"sentence", message.sentence},
                {"size_bytes", message.size_bytes}
            }
        )
    };
}

}  // namespace

Result<void> Bury(Transaction& transaction, const DeadMessage& message) {
    return transaction.dead_messages.Add(message).and_then([&](bool is_new) -> Result<void> {
        return is_new ? transaction.events.Append(EventOf(message)).map([](bool) {}) : Result<void>{};
    });
}

DeadMessage DeadOf(const InboxNews& row, const Error& fault, Timestamp now) {
    auto body = ToJsonText(MessageOf(row));
    const auto size = body.size();
    return {
        .id = DeadMessageId(MakeId("dead")),
        .source_id = row.source_id,
        .message_id = row.id.Value(),
        .reason = fault.reason,
        .sentence = fault.message,
        .body = std::move(body),
        .size_bytes = size,
        .is_whole = true,
        .created_at = now
    };
}

}  // namespace notify
