#include "delivery/publishing/publisher.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "delivery/outcome.hpp"
#include "delivery/publishing/formats.hpp"
#include "delivery/publishing/markdown.hpp"
#include "delivery/publishing/metadata.hpp"
#include "delivery/publishing/own_places.hpp"
#include "delivery/publishing/pictures.hpp"
#include "delivery/publishing/rendering.hpp"
#include "delivery/retry_schedule.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "domain/item.hpp"
#include "domain/pause.hpp"
#include "domain/publication.hpp"
#include "domain/status.hpp"
#include "sources/source.hpp"
#include "sources/source_of_kind.hpp"
#include "storage/artifact_store.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/publication_request.hpp"
#include "storage/source_repository.hpp"
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

/// A status that was written, or may have been, of a bucket that does not publish any more: it only ends what
/// it opened.
bool OnlyEnds(const Bucket& bucket, const Publication& publication, const Delivery& delivery) {
    const bool written = !publication.written_digest.empty() || delivery.fence > 1;
    return !bucket.publish && written && publication.format == kStatusPublication.name;
}

/// kCancelled when the bucket does not publish that, or not there.
Result<void> CheckWanted(const Bucket& bucket, const Publication& publication) {
    if (!bucket.publish) {
        return Fail(ErrorCode::kCancelled, fmt::format("bucket '{}' does not publish results", bucket.name));
    }
    if (publication.destination != DestinationOf(bucket)) {
        return Fail(
            ErrorCode::kCancelled, fmt::format("bucket '{}' publishes its results elsewhere now", bucket.name)
        );
    }
    const auto wanted = WantedFormats(bucket);
    const bool is_status = HoldsAssets(bucket) && publication.format == kStatusPublication.name;
    return is_status || std::ranges::find(wanted, publication.format) != wanted.end()
               ? Result<void>{}
               : Fail(
                     ErrorCode::kCancelled,
                     fmt::format("bucket '{}' does not publish {}", bucket.name, publication.format)
                 );
}

/// kCancelled when another version has taken the item's place.
Result<void> CheckNewest(const Snapshot& snapshot, const Item& item) {
    const auto newest = snapshot.items.Newest(item.bucket_id, item.key);
    if (!newest) {
        return Unexpected(newest.error());
    }
    return !*newest || (*newest)->id == item.id
               ? Result<void>{}
               : Fail(
                     ErrorCode::kCancelled,
                     fmt::format("superseded: version {} of the file has taken its place", (*newest)->version)
                 );
}

Result<void> CheckDue(
    const Snapshot& snapshot, const Bucket& bucket, const Item& item, const Publication& publication
) {
    return CheckWanted(bucket, publication).and_then([&] { return CheckNewest(snapshot, item); });
}

constexpr std::string_view kHalfWritten = "half written";  // no digest
constexpr std::string_view kOnlyEnded = "ended ";  // before a digest: written anew when it is wanted again

/// All that an object is written with.
struct Contents {
    Rendering rendering;
    UserMetadata metadata;
    std::string digest;  ///< Of what of both is a change.
};

/// `writing`: what the source's configuration says of how they are written; "" when nothing.
Result<Contents> ContentsOf(
    const Snapshot& snapshot,
    const ArtifactStore& artifacts,
    const Bucket& bucket,
    const Publication& publication,
    const std::string& writing
) {
    const auto& id = publication.item_id;
    auto rendering = Render(snapshot, artifacts, id, publication.format);
    auto metadata = bucket.options.publishing.metadata ? PublicationMetadata(snapshot, id) : UserMetadata();
    if (!rendering || !metadata) {
        return Unexpected(!rendering ? rendering.error() : metadata.error());
    }
    auto text = rendering->essence.empty() ? rendering->text : rendering->essence;
    for (const auto& [name, value] : *metadata) {
        text += fmt::format("\n{}: {}", name, value);
    }
    text += writing.empty() ? writing : "\n" + writing;
    return Contents{
        .rendering = *std::move(rendering), .metadata = *std::move(metadata), .digest = Sha256Hex(text)
    };
}

std::string DigestOf(const Contents& contents, bool only_ends) {
    return only_ends ? fmt::format("{}{}", kOnlyEnded, contents.digest) : contents.digest;
}

/// The media's key, as results have it where they go.
std::string PlacedKey(const Bucket& bucket, const Item& item) {
    const auto& publishing = bucket.options.publishing;
    return publishing.bucket.empty() ? item.key : publishing.prefix + item.key;
}

PublicationTarget TargetOf(
    const Bucket& bucket, const Item& item, const SourceConnection& source, const PublicationFormat& format
) {
    return {
        .format = std::string(format.name),
        .place = bucket.options.publishing.bucket,
        .key = source.PublicationKey(PlacedKey(bucket, item), format.suffix),
        .media_type = std::string(format.media_type)
    };
}

/// That an asset's timeline is written, or will not be, is part of its status.
Result<void> TellResults(Transaction& transaction, const Item& item, std::string_view format, Timestamp now) {
    if (format != kTimelinePublication.name) {
        return {};
    }
    const auto told = transaction.deliveries.PublicationStatus(item.id, kStatusPublication.name);
    return told && *told ? RequestStatus(transaction, item, now) : told.map([](const auto&) {});
}

/// Nothing is written back of what people hold back; it is tried again without burning a try.
Result<void> CheckPause(const Snapshot& snapshot, const Bucket& bucket, Timestamp now) {
    const auto pause = snapshot.pauses.OfBucket(bucket, now);
    if (!pause) {
        return Unexpected(pause.error());
    }
    return *pause ? Fail(ErrorCode::kThrottled, Sentence(**pause)) : Result<void>{};
}

/// What is to be written, of what.
struct Owed {
    Publication publication;
    Item item;
    Bucket bucket;
};

Result<Owed> OwedBy(const Snapshot& snapshot, const Delivery& delivery, Timestamp now) {
    auto publication = snapshot.deliveries.GetPublication(delivery.publication_id);
    if (!publication) {
        return Unexpected(publication.error());
    }
    auto item = snapshot.items.Get(publication->item_id);
    auto bucket = item ? snapshot.buckets.Get(item->bucket_id) : Unexpected(item.error());
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    return CheckPause(snapshot, *bucket, now).map([&] {
        return Owed{
            .publication = std::move(*publication), .item = std::move(*item), .bucket = std::move(*bucket)
        };
    });
}

}  // namespace

ResultPublisher::ResultPublisher(
    Storage& storage, const ArtifactStore& artifacts, const Clock& clock, SourceOfKind find
)
    : storage_(storage), artifacts_(artifacts), clock_(clock), find_(std::move(find)) {}

Result<ResultPublisher::Work> ResultPublisher::Prepare(const Delivery& delivery) const {
    return storage_.Read([&](const Snapshot& snapshot) -> Result<Work> {
        auto owed = OwedBy(snapshot, delivery, clock_.Now());
        if (!owed) {
            return Unexpected(owed.error());
        }
        auto& [publication, item, bucket] = *owed;
        const bool only_ends = OnlyEnds(bucket, publication, delivery);
        if (const auto due = CheckDue(snapshot, bucket, item, publication); !due && !only_ends) {
            return Unexpected(due.error());
        }
        const auto source = find_(bucket.kind);
        const auto format = FindPublicationFormat(publication.format);
        const auto config = snapshot.sources.Get(bucket.source_id);
        if (!source || !format || !config) {
            return Unexpected(!source ? source.error() : !format ? format.error() : config.error());
        }
        const auto writing = (*source)->WritingOf(config->config, publication.format);
        auto contents = ContentsOf(snapshot, artifacts_, bucket, publication, writing);
        if (!contents) {
            return Unexpected(contents.error());
        }
        auto target = TargetOf(bucket, item, **source, *format);
        target.metadata = std::move(contents->metadata);
        target.only_ends = only_ends;
        target.tried = delivery.fence > 1 || !publication.written_digest.empty();
        auto folder = publication.format == kMarkdown ? PictureFolder(**source, PlacedKey(bucket, item))
                                                      : std::string();
        auto pictures = PictureTargets(target, folder, contents->rendering);
        return Work{
            .publication = std::move(publication),
            .item = std::move(item),
            .bucket = std::move(bucket),
            .source = *source,
            .target = std::move(target),
            .picture_folder = std::move(folder),
            .pictures = std::move(pictures),
            .rendering = std::move(contents->rendering),
            .digest = DigestOf(*contents, only_ends)
        };
    });
}

/// What stands there is not known until the write that begins now is known to have ended.
Result<void> ResultPublisher::Forget(const Publication& publication) const {
    if (publication.written_digest.empty()) {
        return {};
    }
    return storage_.Write([&](Transaction& transaction) {
        auto row = publication;
        row.written_digest = kHalfWritten;
        return transaction.deliveries.SetPublication(row);
    });
}

Result<void> ResultPublisher::Write(const Work& work, const std::stop_token& stop) const {
    // committed before the object exists: a scan that sees it must know whose it is
    const OwnPlaces places(storage_, clock_, work.bucket, *work.source);
    auto done =
        places.Take(work.target, work.pictures, stop).and_then([&] { return Forget(work.publication); });
    FailPoint("publication_noted");
    done = done.and_then([&] { return WritePictures(work, stop); });
    if (done) {
        const auto text =
            work.pictures.empty() ? work.rendering.text : WithPicturesIn(work.picture_folder, work.rendering);
        done = work.source->Publish(work.bucket, work.item, work.target, text, stop);
        FailPoint("publication_written");
    }
    return done.and_then([&] { return RemovePictures(work, stop); });
}

/// Before the text that links to them.
Result<void> ResultPublisher::WritePictures(const Work& work, const std::stop_token& stop) const {
    Result<void> written;
    for (std::size_t i = 0; written && i < work.pictures.size(); ++i) {
        written = artifacts_.Read(work.rendering.pictures[i]).and_then([&](const std::string& bytes) {
            return work.source->Publish(work.bucket, work.item, work.pictures[i], bytes, stop);
        });
    }
    return written;
}

/// Those of an earlier text that had more. They stay in the ledger: a scan may have seen them.
Result<void> ResultPublisher::RemovePictures(const Work& work, const std::stop_token& stop) const {
    if (work.publication.format != kMarkdown) {
        return {};
    }
    const OwnPlaces places(storage_, clock_, work.bucket, *work.source);
    for (auto number = work.pictures.size() + 1;; ++number) {
        const auto target = PictureTarget(work.target, work.picture_folder, number);
        const auto ours = places.Has(target);
        if (!ours || !*ours) {
            return ours.map([](bool) {});
        }
        if (auto removed = work.source->RemovePublished(work.bucket, target, stop); !removed) {
            return removed;
        }
    }
}

/// It ended without being written.
Outcome ResultPublisher::GivenUp(
    Delivery row, const Work& work, std::optional<DeliveryAttempt> attempt
) const {
    return {
        .settle =
            [row = std::move(row), item = work.item, format = work.publication.format, now = clock_.Now()](
                Transaction& transaction
            ) { return TellResults(transaction, item, format, now).map([&] { return row; }); },
        .attempt = std::move(attempt)
    };
}

Outcome ResultPublisher::Deliver(const Delivery& delivery, const std::stop_token& stop) {
    const auto began = clock_.Now();
    const auto start = std::chrono::steady_clock::now();
    auto work = Prepare(delivery);
    if (work && !work->rendering.unfit.empty() && work->publication.written_digest.empty()) {
        const auto why = fmt::format("{}: {}", work->publication.format, work->rendering.unfit);
        return GivenUp(Ended(delivery, Status::kSkipped, why, clock_.Now()), *work, std::nullopt);
    }
    Result<void> written = work ? Result<void>{} : Unexpected(work.error());
    if (work && work->publication.written_digest != work->digest) {
        written = Write(*work, stop).map_error([&](const Error& error) {
            const auto& format = work->publication.format;
            return format == kJsonPublication.name ? error : error.Within(format);
        });
    }
    const auto now = clock_.Now();
    if (!written) {
        auto row = AfterError(delivery, written.error(), now);
        const bool burned = row.attempt == delivery.attempt && row.status != Status::kCancelled;
        auto attempt =
            burned ? std::optional(AttemptOf(delivery, began, start, written.error().message)) : std::nullopt;
        return work && IsTerminal(row.status) ? GivenUp(std::move(row), *work, std::move(attempt))
                                              : JustWrite(std::move(row), std::move(attempt));
    }
    work->publication.written_digest = work->digest;
    return {
        // what changes the results meanwhile asks for a delivery of its own, which waits for this one
        .settle = [delivery, now, item = work->item, publication = work->publication](
                      Transaction& transaction
                  ) -> Result<Delivery> {
            return transaction.deliveries.SetPublication(publication)
                .and_then([&] { return TellResults(transaction, item, publication.format, now); })
                .map([&] { return Ended(delivery, Status::kCompleted, {}, now); });
        },
        .attempt = AttemptOf(delivery, began, start, {})
    };
}

}  // namespace notify
