#include "delivery/publishing/publisher.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "delivery/clean_text.hpp"
#include "delivery/outcome.hpp"
#include "delivery/publishing/document.hpp"
#include "delivery/retry_schedule.hpp"
#include "domain/event.hpp"
#include "domain/status.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

DeliveryAttempt AttemptOf(
    const Delivery& delivery, Timestamp at, std::chrono::steady_clock::time_point start, std::string error
) {
    return {
        .delivery_id = delivery.id,
        .number = delivery.attempt,
        .at = at,
        .duration =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start),
        .http_status = 0,
        .error = std::move(error),
        .response = {}
    };
}

}  // namespace

ResultPublisher::ResultPublisher(Storage& storage, const Clock& clock, FindSource find)
    : storage_(storage), clock_(clock), find_(std::move(find)) {}

Result<ResultPublisher::Work> ResultPublisher::Prepare(const Delivery& delivery) const {
    return storage_.Read([&](const Snapshot& snapshot) -> Result<Work> {
        auto publication = snapshot.deliveries.GetPublication(delivery.publication_id);
        if (!publication) {
            return Unexpected(publication.error());
        }
        auto item = snapshot.items.Get(publication->item_id);
        if (!item) {
            return Unexpected(item.error());
        }
        auto bucket = snapshot.buckets.Get(item->bucket_id);
        if (!bucket) {
            return Unexpected(bucket.error());
        }
        if (!bucket->publish) {
            return Fail(
                ErrorCode::kCancelled, fmt::format("bucket '{}' does not publish results", bucket->name)
            );
        }
        if (publication->destination != "beside" || publication->format != "notifications.json") {
            return Fail(
                ErrorCode::kUnsupported,
                fmt::format("no way to publish {} at {}", publication->format, publication->destination)
            );
        }
        const auto newest = snapshot.items.Newest(item->bucket_id, item->key);
        if (!newest) {
            return Unexpected(newest.error());
        }
        if (*newest && (*newest)->id != item->id) {
            return Fail(
                ErrorCode::kCancelled,
                fmt::format("superseded: version {} of the file has taken its place", (*newest)->version)
            );
        }
        auto document = PublicationDocument(snapshot, item->id);
        if (!document) {
            return Unexpected(document.error());
        }
        auto digest = Sha256Hex(*document);
        return Work{
            .publication = std::move(*publication),
            .item = std::move(*item),
            .bucket = std::move(*bucket),
            .document = std::move(*document),
            .digest = std::move(digest)
        };
    });
}

/// Makes the object ours in the ledger, unless somebody else's stands there. What an earlier database of this
/// service wrote is taken over.
Result<void> ResultPublisher::Note(
    const Work& work, SourceConnection& source, const std::stop_token& stop
) const {
    const auto key = source.PublicationKey(work.item);
    const auto known = storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.buckets.IsOwnObject(work.bucket.id, key);
    });
    if (!known || *known) {
        return known.map([](bool) {});
    }
    const auto start = source.StartOfPublished(work.bucket, work.item, stop);
    if (!start) {
        return Unexpected(start.error());
    }
    if (*start && !(*start)->starts_with(kPublicationStart)) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "{} is there already and was not written by this service; move it away to have the results "
                "there",
                ValidUtf8(key)
            )
        );
    }
    return storage_.Write([&](Transaction& transaction) {
        return transaction.buckets.NoteOwnObject(work.bucket.id, key, clock_.Now());
    });
}

Result<void> ResultPublisher::Write(const Work& work, const std::stop_token& stop) const {
    const auto source = find_(work.bucket.kind);
    if (!source) {
        return Unexpected(source.error());
    }
    // committed before the object exists: a scan that sees it must know whose it is
    auto done = Note(work, **source, stop);
    FailPoint("publication_noted");
    if (done) {
        done = (*source)->Publish(work.bucket, work.item, work.document, stop);
        FailPoint("publication_written");
    }
    return done;
}

Outcome ResultPublisher::Deliver(const Delivery& delivery, const std::stop_token& stop) {
    const auto began = clock_.Now();
    const auto start = std::chrono::steady_clock::now();
    auto work = Prepare(delivery);
    Result<void> written = work ? Result<void>{} : Unexpected(work.error());
    if (work && work->publication.written_digest != work->digest) {
        written = Write(*work, stop);
    }
    const auto now = clock_.Now();
    if (!written) {
        auto row = AfterError(delivery, written.error(), now);
        const bool burned = row.attempt == delivery.attempt && row.status != Status::kCancelled;
        return JustWrite(
            std::move(row),
            burned ? std::optional(AttemptOf(delivery, began, start, written.error().message)) : std::nullopt
        );
    }
    return {
        .settle = [delivery, now, publication = work->publication, digest = work->digest](
                      Transaction& transaction
                  ) -> Result<Delivery> {
            auto row = publication;
            row.written_digest = digest;
            const auto present = PublicationDocument(transaction.View(), row.item_id);
            row.desired_digest = present ? Sha256Hex(*present) : digest;
            if (auto set = transaction.deliveries.SetPublication(row); !set) {
                return Unexpected(set.error());
            }
            return row.desired_digest == digest
                       ? Ended(delivery, Status::kCompleted, {}, now)
                       : Released(delivery, "the results changed while they were written", now);
        },
        .attempt = AttemptOf(delivery, began, start, {})
    };
}

}  // namespace notify
