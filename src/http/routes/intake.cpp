// POST /v1/intake/s3.

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/schema_words.hpp"
#include "http/views_backlog.hpp"
#include "queue/messages/object_news.hpp"
#include "queue/scheduler.hpp"
#include "sources/messages/message.hpp"
#include "sources/messages/news.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_text.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::IntakeRecord Shown(const ObjectOutcome& outcome, std::string_view key) {
    return {
        .bucket = outcome.bucket,
        .key = KeyText(key),
        .outcome = {std::string(outcome.word)},
        .sentence = outcome.fault && !outcome.bucket_id.IsEmpty()
                        ? fmt::format("{}; the bucket is scanned instead", outcome.sentence)
                        : outcome.sentence
    };
}

/// All of them are looked for before the answer: what a store could not tell, a scan of the bucket will.
std::vector<view::IntakeRecord> TakeObject(
    const ApiParts& parts, const StoreNews& news, const std::vector<Bucket>& buckets, const Request& request
) {
    std::vector<view::IntakeRecord> records;
    ObjectNews intake(parts.storage, parts.clock, [&](std::string_view kind) {
        return parts.sources.Find(kind);
    });
    for (const auto& outcome : intake.Take(news, buckets, request.stop)) {
        if (outcome.fault && !outcome.bucket_id.IsEmpty()) {
            parts.scheduler.LookAt(outcome.bucket_id);
        }
        records.push_back(Shown(outcome, news.keys.front()));
    }
    return records;
}

/// The objects that a message tells of, and nothing else.
Result<std::vector<StoreNews>> ObjectsOf(const Message& message) {
    std::vector<StoreNews> objects;
    for (const auto& news : message.news) {
        const auto* const object = std::get_if<StoreNews>(&news);
        if (object == nullptr) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "the message is Iconik's and tells of no object of a store: send it to /v1/intake/iconik"
            );
        }
        objects.push_back(*object);
    }
    return objects;
}

Result<view::IntakeAnswer> Take(const ApiParts& parts, const Message& message, const Request& request) {
    const auto objects = ObjectsOf(message);
    const auto buckets = parts.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
    if (!objects || !buckets) {
        return Unexpected(objects ? buckets.error() : objects.error());
    }
    view::IntakeAnswer answer;
    if (message.ignored == "test" || message.ignored == "not_followed") {
        answer.records.push_back({.outcome = {message.ignored}, .sentence = message.sentence});
    }
    for (const auto& news : *objects) {
        std::ranges::move(TakeObject(parts, news, *buckets, request), std::back_inserter(answer.records));
    }
    const auto has = [&](std::string_view word) {
        return std::ranges::count(answer.records, word, [](const view::IntakeRecord& record) {
            return std::string_view(record.outcome.text);
        });
    };
    answer.added = static_cast<int>(has("new"));
    if (answer.added > 0 || has("restored") > 0) {
        parts.nudge();
    }
    return answer;
}

/// Any object: stores send more than is read here, and other things in other versions.
boost::json::value MessageSchema(boost::json::object& components) {
    boost::json::object schema{
        {"type", "object"}, {"properties", boost::json::object{}}, {"additionalProperties", true}
    };
    AddExample("StoreEvent", schema);
    components["StoreEvent"] = std::move(schema);
    return boost::json::object{{"$ref", "#/components/schemas/StoreEvent"}};
}

Response TakeIn(const ApiParts& parts, const Request& request) {
    const auto answer = ParseMessage(request.body)
                            .map_error([](const Error& error) { return error.Within("the request's body"); })
                            .and_then([&](const Message& message) { return Take(parts, message, request); });
    return Answer(request, answer, [](const view::IntakeAnswer& shown) { return shown; });
}

}  // namespace

void AddIntakeRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "POST",
         .pattern = "/v1/intake/s3",
         .scope = Scope::kWrite,
         .tag = "items",
         .summary = "Tell of new objects in a store",
         .description =
             "The body is a message of the store: an S3 event notification (`Records`), an event of "
             "EventBridge, or an SNS notification of either. It is only a hint: each object is looked for in "
             "its store, and becomes an item as if a scan had found it, once for each version. `records` "
             "says "
             "what became of each; of what was restored from an archive the item that waits for it is looked "
             "at now. The s3:TestEvent is acknowledged. An SNS message may be text/plain, as SNS sends it; "
             "the link that confirms a subscription is not followed (`not_followed`). Scans go on: what no "
             "message told of they find.",
         .body = MessageSchema,
         .takes_plain_text = true,
         .answer = &described::Schema<view::IntakeAnswer>,
         .handle = [parts](Request& r) { return TakeIn(parts, r); }}
    );
}

}  // namespace notify
