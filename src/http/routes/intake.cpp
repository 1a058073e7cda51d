// POST /v1/intake/s3.

#include "queue/intake.hpp"

#include <algorithm>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/glob.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/intake_news.hpp"
#include "http/routes/routes.hpp"
#include "http/schema_words.hpp"
#include "http/views_backlog.hpp"
#include "queue/scheduler.hpp"
#include "queue/sieve/clip_folder.hpp"
#include "queue/sieve/filters.hpp"
#include "queue/sieve/numbered.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/key_text.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// What became of one record in one bucket of ours.
struct Outcome {
    std::string_view word;
    std::string sentence;
};

/// The store's bucket and the prefix of a location.
std::pair<std::string_view, std::string_view> Parted(std::string_view location) {
    const auto slash = location.find('/');
    return slash == std::string_view::npos ? std::pair(location, std::string_view())
                                           : std::pair(location.substr(0, slash), location.substr(slash + 1));
}

class StoreIntake {
public:
    StoreIntake(const ApiParts& parts, std::stop_token stop)
        : parts_(parts), stop_(std::move(stop)), intake_(parts.storage, parts.clock) {}

    /// True when something is to be done at once.
    [[nodiscard]] bool HasWork() const noexcept { return restored_ || answer_.added > 0; }

    Result<view::IntakeAnswer> Take(const StoreMessage& message) {
        const auto buckets =
            parts_.storage.Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
        if (!buckets) {
            return Unexpected(buckets.error());
        }
        if (message.test) {
            Tell({}, {}, {.word = "test", .sentence = "the store's test message has arrived"});
        }
        if (message.subscription) {
            Tell(
                {},
                {},
                {.word = "not_followed",
                 .sentence =
                     "this service opens no link that it is sent: confirm the subscription where it was made"}
            );
        }
        for (const auto& news : message.news) {
            TakeOne(news, *buckets);
        }
        return answer_;
    }

private:
    void Tell(std::string_view bucket, std::string_view key, const Outcome& outcome) {
        answer_.added += outcome.word == "new" ? 1 : 0;
        answer_.records.push_back(
            {.bucket = std::string(bucket),
             .key = KeyText(key),
             .outcome = {std::string(outcome.word)},
             .sentence = outcome.sentence}
        );
    }

    void TakeOne(const StoreNews& news, const std::vector<Bucket>& buckets) {
        const auto& key = news.keys.front();
        if (!news.created) {
            Tell(
                news.bucket,
                key,
                {.word = "not_an_object",
                 .sentence = fmt::format("'{}' tells of no new object; scans find what is gone", news.event)}
            );
            return;
        }
        bool is_ours = false;
        for (const auto& bucket : buckets) {
            const auto [name, prefix] = Parted(bucket.location);
            if (bucket.kind == "local" || name != news.bucket ||
                std::ranges::none_of(news.keys, [&, prefix = prefix](const std::string& each) {
                    return each.starts_with(prefix);
                })) {
                continue;
            }
            is_ours = true;
            Tell(bucket.name, key, In(bucket, news));
        }
        if (!is_ours) {
            Tell(
                news.bucket,
                key,
                {.word = "unknown_bucket",
                 .sentence = fmt::format(
                     "no bucket here is at '{}' and a prefix of this key; add it: notifications-api buckets "
                     "add {} --source SOURCE",
                     news.bucket,
                     news.bucket
                 )}
            );
        }
    }

    Outcome In(const Bucket& bucket, const StoreNews& news) {
        if (!bucket.active) {
            return {
                .word = "paused",
                .sentence = fmt::format("bucket '{}' is paused; a scan finds it later", bucket.name)
            };
        }
        const auto source = parts_.sources.Find(bucket.kind);
        if (!source) {
            return {.word = "unconfirmed", .sentence = source.error().message};
        }
        bool excluded = false;
        for (const auto& key : news.keys) {
            if (!key.starts_with(Parted(bucket.location).second)) {
                continue;
            }
            if (!PassesGlobs(bucket.include, bucket.exclude, key)) {
                excluded = true;
                continue;
            }
            const auto found = (*source)->Look(bucket, key, stop_);
            if (!found) {
                parts_.scheduler.LookAt(bucket.id);
                return {
                    .word = "unconfirmed",
                    .sentence = fmt::format("{}; the bucket is scanned instead", found.error().message)
                };
            }
            if (*found) {
                return news.restored ? Restored(bucket, **found) : Taken(bucket, **found);
            }
        }
        return excluded ? Outcome{.word = "left_out", .sentence = "the globs of the bucket leave it out"}
                        : Outcome{.word = "gone", .sentence = "the store has no such object now"};
    }

    /// Why the object is no item by itself; nothing when it is one.
    [[nodiscard]] std::optional<Outcome> LeftOut(const Bucket& bucket, const FoundObject& object) const {
        const auto passage = Passes(bucket.options.filters, object, parts_.clock.Now());
        if (passage == Passage::kLeftOut) {
            return Outcome{.word = "left_out", .sentence = "the filters of the bucket leave it out"};
        }
        if (passage == Passage::kNotYet) {
            return Outcome{.word = "left_out", .sentence = "it is too young yet; a scan takes it later"};
        }
        const auto name = ParseNumbered(object.key);
        const bool is_part = ClipFolderOf(object.key) || (name && name->format == FrameFormat::kFilm);
        return bucket.options.sequences && is_part
                   ? std::optional(
                         Outcome{
                             .word = "left_out",
                             .sentence = "it may be part of a sequence or card; a scan tells"
                         }
                     )
                   : std::nullopt;
    }

    /// What waits for the object is looked at at once; else it is as new or as known as any other.
    Outcome Restored(const Bucket& bucket, const FoundObject& object) {
        const auto waiting = intake_.TakeRestored(bucket.id, object.key);
        if (!waiting) {
            return {.word = "unconfirmed", .sentence = waiting.error().message};
        }
        restored_ = restored_ || *waiting > 0;
        return *waiting > 0
                   ? Outcome{.word = "restored", .sentence = "its item waited for that and is looked at now"}
                   : Taken(bucket, object);
    }

    Outcome Taken(const Bucket& bucket, const FoundObject& object) {
        if (auto left_out = LeftOut(bucket, object)) {
            return *std::move(left_out);
        }
        const auto taken = intake_.Take(bucket, {object});
        if (!taken) {
            parts_.scheduler.LookAt(bucket.id);
            return {.word = "unconfirmed", .sentence = taken.error().message};
        }
        return *taken > 0 ? Outcome{.word = "new", .sentence = ""}
                          : Outcome{.word = "known", .sentence = "this version of it was noticed before"};
    }

    const ApiParts& parts_;
    std::stop_token stop_;
    Intake intake_;
    view::IntakeAnswer answer_;
    bool restored_ = false;
};

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
    const auto json = ParseJson(request.body);
    if (!json) {
        return Problem(json.error().Within("the request's body"), request.id);
    }
    StoreIntake intake(parts, request.stop);
    const auto answer =
        ReadStoreMessage(*json).and_then([&](const StoreMessage& message) { return intake.Take(message); });
    if (intake.HasWork()) {
        parts.nudge();
    }
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
