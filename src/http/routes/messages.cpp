// /v1/news and /v1/dead-messages.

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/router.hpp"
#include "http/routes/message_taken.hpp"
#include "http/routes/routes.hpp"
#include "http/views_messages.hpp"
#include "queue/messages/message_intake.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/key_text.hpp"
#include "storage/news_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::NewsRow Row(const InboxNews& news) {
    auto address = news.address;
    std::ranges::replace(address, '\0', ' ');
    return {
        .id = news.id.Value(),
        .kind = {std::string(ToString(news.kind))},
        .address = KeyText(address),
        .source = news.source_id.Value(),
        .told = news.told,
        .first_told_at = ToRfc3339(news.first_told_at),
        .due_at = ToRfc3339(news.due_at),
        .tries = news.tries,
        .reason = news.reason,
        .sentence = news.sentence
    };
}

view::DeadMessageRow Row(const DeadMessage& message) {
    return {
        .id = message.id.Value(),
        .source = message.source_id.Value(),
        .message = KeyText(message.message_id),
        .reason = message.reason,
        .sentence = message.sentence,
        .size_bytes = static_cast<std::int64_t>(message.size_bytes),
        .whole = message.is_whole,
        .receives = message.receives,
        .created_at = ToRfc3339(message.created_at),
        .replayed_at = TextOf(message.replayed_at)
    };
}

DeadMessageId IdOf(const Request& request) {
    return DeadMessageId(request.parameters.at(0));
}

Response ListNews(const ApiParts& parts, const Request& request) {
    const auto page =
        parts.storage.Read([&](const Snapshot& snapshot) { return snapshot.news.List(PageOf(request)); });
    return Answer(request, page, [](const Page<InboxNews>& rows) {
        view::NewsList list{.next = rows.next};
        for (const auto& row : rows.rows) {
            list.rows.push_back(Row(row));
        }
        return list;
    });
}

Response ListDead(const ApiParts& parts, const Request& request) {
    DeadMessageFilter filter{.source_id = SourceId(std::string(request.Query("source")))};
    if (const auto replayed = request.Query("replayed"); !replayed.empty()) {
        filter.replayed = replayed == "true";
    }
    const auto page = parts.storage.Read([&](const Snapshot& snapshot) {
        return snapshot.dead_messages.List(filter, PageOf(request));
    });
    return Answer(request, page, [](const Page<DeadMessage>& rows) {
        view::DeadMessageList list{.next = rows.next};
        for (const auto& row : rows.rows) {
            list.rows.push_back(Row(row));
        }
        return list;
    });
}

Response GetDead(const ApiParts& parts, const Request& request) {
    const auto message = parts.storage.Read([&](const Snapshot& snapshot) {
        return snapshot.dead_messages.Get(IdOf(request));
    });
    return Answer(request, message, [](const DeadMessage& found) {
        return view::DeadMessageView{Row(found), found.body};
    });
}

Result<void> Audit(
    Transaction& transaction, const ApiParts& parts, const Request& request, std::string action
) {
    return transaction.keys.AddAudit(
        {.at = parts.clock.Now(),
         .actor = request.caller.actor,
         .action = std::move(action),
         .subject = IdOf(request).Value()}
    );
}

Response ReplayDead(const ApiParts& parts, const Request& request) {
    const auto outcome = parts.messages.Replay(IdOf(request)).and_then([&](const MessageOutcome& taken) {
        return parts.storage
            .Write([&](Transaction& transaction) {
                return Audit(transaction, parts, request, "dead-message.replay");
            })
            .map([&] { return taken; });
    });
    return Answer(request, outcome, ShownTaken, 202);
}

Response RemoveDead(const ApiParts& parts, const Request& request) {
    return NoContent(request, parts.storage.Write([&](Transaction& transaction) {
        return transaction.dead_messages.Remove(IdOf(request)).and_then([&] {
            return Audit(transaction, parts, request, "dead-message.remove");
        });
    }));
}

void AddDeadMessageRoutes(Router& router, const ApiParts& parts) {
    auto filters = PageParameters("dead_[0-9A-Z]+");
    filters.push_back({.name = "source", .description = "Id of the queue they came from."});
    filters.push_back(
        {.name = "replayed",
         .description = "Only those that were replayed, or were not.",
         .words = {"true", "false"}}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/dead-messages",
         .scope = Scope::kRead,
         .tag = "messages",
         .summary = "Messages that were not understood",
         .description = "Newest first; kept for RETENTION_DAYS.",
         .query = filters,
         .answer = &described::Schema<view::DeadMessageList>,
         .handle = [parts](Request& r) { return ListDead(parts, r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/dead-messages/{message}",
         .scope = Scope::kRead,
         .tag = "messages",
         .summary = "One of them, with its body",
         .description = "At most 64 KiB of it, without secrets.",
         .answer = &described::Schema<view::DeadMessageView>,
         .handle = [parts](Request& r) { return GetDead(parts, r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/dead-messages/{message}/replay",
         .scope = Scope::kWrite,
         .tag = "messages",
         .summary = "Read it again",
         .description =
             "What it tells of is looked at now. 400 when it is not understood this time either, 409 "
             "when it was replayed before or is not kept as a whole.",
         .answer = &described::Schema<view::MessageTaken>,
         .status = 202,
         .handle = [parts](Request& r) { return ReplayDead(parts, r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/dead-messages/{message}",
         .scope = Scope::kWrite,
         .tag = "messages",
         .summary = "Remove it",
         .status = 204,
         .handle = [parts](Request& r) { return RemoveDead(parts, r); }}
    );
}

}  // namespace

void AddMessageRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "GET",
         .pattern = "/v1/news",
         .scope = Scope::kRead,
         .tag = "messages",
         .summary = "What messages told of and is still to be looked at",
         .description =
             "In the order in which it was first told. `sentence` says why what was due could not be "
             "looked at; it is tried again at `due_at`.",
         .query = PageParameters("nws_[0-9A-Z]+"),
         .answer = &described::Schema<view::NewsList>,
         .handle = [parts](Request& r) { return ListNews(parts, r); }}
    );
    AddDeadMessageRoutes(router, parts);
}

}  // namespace notify
