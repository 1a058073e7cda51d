#include "queue/messages/message_intake.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "queue/messages/body_excerpt.hpp"
#include "queue/messages/dead_message.hpp"
#include "queue/messages/news_row.hpp"
#include "sources/messages/message.hpp"
#include "sources/messages/news.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/news_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

DeadMessage DeadOf(const ReceivedMessage& received, const Error& error, Timestamp now) {
    auto excerpt = ExcerptOf(received.body);
    return {
        .id = DeadMessageId(MakeId("dead")),
        .source_id = received.source_id,
        .message_id = received.message_id,
        .reason = error.reason,
        .sentence = error.message,
        .body = std::move(excerpt.text),
        .size_bytes = received.body.size(),
        .is_whole = excerpt.is_whole,
        .created_at = now
    };
}

/// Removed objects are told of too: scans find what is gone.
bool IsToLookAt(const News& news) {
    const auto* const object = std::get_if<StoreNews>(&news);
    return object == nullptr || object->created;
}

Result<void> MayReplay(const DeadMessage& message) {
    if (message.replayed_at) {
        return Fail(
            ErrorCode::kConflict, fmt::format("dead message {} was replayed before", message.id.Value())
        );
    }
    if (!message.is_whole) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "of dead message {} only a part is kept: send it again from where it came", message.id.Value()
            )
        );
    }
    return {};
}

}  // namespace

Result<std::vector<MessageOutcome>> MessageIntake::Take(const std::vector<ReceivedMessage>& messages) {
    std::vector<Result<Message>> parsed;
    parsed.reserve(messages.size());
    for (const auto& message : messages) {
        parsed.push_back(ParseMessage(message.body));
    }
    auto outcomes = storage_.Write([&](Transaction& transaction) -> Result<std::vector<MessageOutcome>> {
        std::vector<MessageOutcome> told;
        for (std::size_t i = 0; i < messages.size(); ++i) {
            auto outcome =
                parsed[i] ? Tell(transaction, *parsed[i], messages[i].source_id)
                          : Bury(transaction, DeadOf(messages[i], parsed[i].error(), clock_.Now())).map([&] {
                                return MessageOutcome{.dead = parsed[i].error()};
                            });
            if (!outcome) {
                return Unexpected(outcome.error());
            }
            told.push_back(*std::move(outcome));
        }
        return told;
    });
    if (outcomes) {
        told_();
    }
    return outcomes;
}

Result<MessageOutcome> MessageIntake::TakeOne(std::string_view body) {
    auto outcome = ParseMessage(body).and_then([&](const Message& message) -> Result<MessageOutcome> {
        if (IsOfAnotherSystem(message)) {
            return Unexpected(
                Error{
                    .code = ErrorCode::kForbidden,
                    .stage = "intake",
                    .reason = std::string(kOtherSystem),
                    .message = "the message is of another Iconik: its system_domain_id is not the one of "
                               "ICONIK_SYSTEM_DOMAIN_ID"
                }
            );
        }
        return storage_.Write([&](Transaction& transaction) {
            return Tell(transaction, message, SourceId());
        });
    });
    if (outcome) {
        told_();
    }
    return outcome;
}

Result<MessageOutcome> MessageIntake::Replay(const DeadMessageId& id) {
    const auto dead = storage_.Read([&](const Snapshot& snapshot) { return snapshot.dead_messages.Get(id); });
    const auto may = dead.and_then(MayReplay);
    if (!may) {
        return Unexpected(may.error());
    }
    auto outcome = ParseMessage(dead->body).and_then([&](const Message& message) {
        return storage_.Write([&](Transaction& transaction) -> Result<MessageOutcome> {
            auto told = Tell(transaction, message, dead->source_id);
            if (auto marked = transaction.dead_messages.MarkReplayed(id, clock_.Now()); told && !marked) {
                return Unexpected(marked.error());
            }
            return told;
        });
    });
    if (outcome) {
        told_();
    }
    return outcome;
}

bool MessageIntake::IsOfAnotherSystem(const Message& message) const {
    return !system_domain_id_.empty() && !message.system_domain_id.empty() &&
           message.system_domain_id != system_domain_id_;
}

Result<MessageOutcome> MessageIntake::Tell(
    Transaction& transaction, const Message& message, const SourceId& source
) const {
    MessageOutcome outcome{.ignored = message.ignored, .sentence = message.sentence};
    if (IsOfAnotherSystem(message)) {
        outcome.ignored = kOtherSystem;
        outcome.sentence = "the message is of another Iconik";
        return outcome;
    }
    for (const auto& news : message.news) {
        if (!IsToLookAt(news)) {
            continue;
        }
        auto row = RowOf(news, clock_.Now());
        row.source_id = source;
        row.system_domain_id = message.system_domain_id;
        const auto is_new = transaction.news.Tell(row);
        if (!is_new) {
            return Unexpected(is_new.error());
        }
        (*is_new ? outcome.fresh : outcome.known) += 1;
    }
    if (outcome.ignored.empty() && outcome.fresh + outcome.known == 0) {
        outcome.ignored = "not_an_object";
        outcome.sentence = "the message tells of no new object; scans find what is gone";
    }
    return outcome;
}

}  // namespace notify
