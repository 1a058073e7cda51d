#include "sources/objects/object_source.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/glob.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "sources/access.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/object_reader.hpp"
#include "sources/objects/store_client.hpp"
#include "sources/source.hpp"

namespace notify::objects {

namespace {

constexpr std::size_t kLongestKey = 1024;  // bytes; of S3
constexpr std::size_t kStartBytes = 64;
// the kind of stores that keep metadata as they were when the object was made
constexpr std::string_view kUnchanging = "object_matrix";

/// What Read compares with: VersionOf without the size.
std::string_view EtagIn(std::string_view version) {
    return version.substr(0, std::min(version.rfind('-'), version.size()));
}

bool IsDirectoryMarker(const StoredObject& object) {
    return object.size_bytes == 0 && object.key.ends_with('/');
}

/// As it is told: when it was written is by our clock, which is what it is compared with.
FoundObject FoundFrom(const StoreClient& client, const StoredObject& object) {
    return {
        .key = object.key,
        .version = VersionOf(object),
        .size_bytes = object.size_bytes,
        .modified_at = object.modified_at - client.ClockOffset()
    };
}

std::string BucketOf(const Bucket& bucket, const PublicationTarget& target) {
    return target.place.empty() ? PlaceOf(bucket.location).bucket : target.place;
}

}  // namespace

Place PlaceOf(std::string_view location) {
    const auto slash = location.find('/');
    return {
        .bucket = std::string(location.substr(0, slash)),
        .prefix = slash == std::string_view::npos ? std::string() : std::string(location.substr(slash + 1))
    };
}

std::string VersionOf(const StoredObject& object) {
    return object.etag.empty() ? fmt::format("-{}@{}", object.size_bytes, ToMillis(object.modified_at))
                               : fmt::format("{}-{}", object.etag, object.size_bytes);
}

Result<std::shared_ptr<StoreClient>> ObjectSource::ClientOf(const SourceId& id) {
    const auto found = access_(id);
    if (!found) {
        return Unexpected(found.error());
    }
    const bool by_token = !found->secrets.empty() && !found->secrets.front().token.empty();
    const std::scoped_lock lock(mutex_);
    auto& connected = connected_[id];
    if (connected.client && connected.config == found->source.config && connected.by_token == by_token) {
        return connected.client;
    }
    auto client = connect_(*found, access_, clock_);
    if (!client) {
        // a file that is not there now may be there again: nothing in the bucket is at fault
        return Unexpected(LastingFault(
            ErrorCode::kUnavailable,
            kBadNetworkSetup,
            fmt::format("the configuration of source '{}': {}", found->source.name, client.error().message)
        ));
    }
    connected = {.config = found->source.config, .by_token = by_token, .client = *std::move(client)};
    return connected.client;
}

Result<ScanReport> ObjectSource::Scan(
    const ScanRequest& request, const std::function<Result<void>(FoundObject)>& found, std::stop_token stop
) {
    const auto& bucket = request.bucket;
    const auto client = ClientOf(bucket.source_id);
    if (!client) {
        return Unexpected(client.error());
    }
    const auto place = PlaceOf(bucket.location);
    ScanReport report;
    const auto settled_before = clock_.Now() - bucket.settle_time;
    const auto visit = [&](const StoredObject& object) -> Result<void> {
        if (IsDirectoryMarker(object) || !PassesGlobs(bucket.include, bucket.exclude, object.key)) {
            return {};
        }
        ++report.seen;
        auto told = FoundFrom(**client, object);
        told.settles = told.modified_at > settled_before;
        if (told.settles) {
            ++report.settling;
            const auto at = clock_.Now() + (told.modified_at - settled_before);
            report.look_again_at = std::min(report.look_again_at.value_or(at), at);
        }
        return found(std::move(told));
    };
    const KeyRange keys{
        .bucket = place.bucket,
        .prefix = place.prefix,
        .start_after = request.start_after,
        .through = request.through
    };
    return (*client)->List(keys, visit, stop).map([&] { return report; });
}

Result<FolderListing> ObjectSource::ListFolder(
    const Bucket& bucket, const std::string& folder, int most_pages, std::stop_token stop
) {
    const auto client = ClientOf(bucket.source_id);
    if (!client) {
        return Unexpected(client.error());
    }
    const auto place = PlaceOf(bucket.location);
    return (*client)->ListFolder(place.bucket, folder.empty() ? place.prefix : folder, most_pages, stop);
}

Result<std::optional<FoundObject>> ObjectSource::Look(
    const Bucket& bucket, const std::string& key, std::stop_token stop
) {
    const auto client = ClientOf(bucket.source_id);
    if (!client) {
        return Unexpected(client.error());
    }
    const auto info = (*client)->Head(PlaceOf(bucket.location).bucket, key, stop);
    if (!info) {
        return info.error().code == ErrorCode::kNotFound ? Result<std::optional<FoundObject>>(std::nullopt)
                                                         : Unexpected(info.error());
    }
    const StoredObject object{
        .key = key, .etag = info->etag, .size_bytes = info->size_bytes, .modified_at = info->modified_at
    };
    if (IsDirectoryMarker(object)) {
        return std::nullopt;
    }
    return FoundFrom(**client, object);
}

Result<OpenedItem> ObjectSource::Open(const Bucket& bucket, const Item& item, std::stop_token stop) {
    const auto client = ClientOf(bucket.source_id);
    if (!client) {
        return Unexpected(client.error());
    }
    const auto place = PlaceOf(bucket.location);
    const auto info = (*client)->Head(place.bucket, item.key, stop);
    if (!info) {
        return Unexpected(info.error());
    }
    const auto etag = EtagIn(item.version);
    if (info->size_bytes != item.size_bytes || (!etag.empty() && !info->etag.empty() && info->etag != etag)) {
        return Unexpected(
            Fault(ErrorCode::kConflict, kObjectChanged, "the object was replaced after it was noticed")
        );
    }
    if (info->archived) {
        const Asked asked{.endpoint = {}, .bucket = place.bucket, .key = item.key, .action = "read"};
        if (!bucket.options.restore) {
            return Unexpected(ArchivedFault(asked));
        }
        const auto restoring =
            info->restoring ? Result<void>{} : (*client)->Restore(place.bucket, item.key, *info, stop);
        return Unexpected(restoring ? RestoringFault(asked) : restoring.error());
    }
    // holds the client for as long as the reader lives: the source may get another one meanwhile
    auto read = [client = *client, bucket = place.bucket, key = item.key, of = *info](
                    std::uint64_t offset, std::span<std::byte> into, const std::stop_token& stopped
                ) {
        return client->Read(
            bucket, key, {.offset = offset, .object_size = of.size_bytes, .etag = of.etag}, into, stopped
        );
    };
    return OpenedItem{
        .descriptor = {},
        .reader = std::make_unique<ObjectReader>(std::move(read), info->size_bytes, std::move(stop)),
        .size_bytes = info->size_bytes,
        .state = {}
    };
}

Result<void> ObjectSource::CheckBucket(const Bucket& bucket, std::stop_token stop) {
    const auto place = PlaceOf(bucket.location);
    return ClientOf(bucket.source_id).and_then([&](const std::shared_ptr<StoreClient>& client) {
        return client->Check(place.bucket, place.prefix, stop);
    });
}

std::string ObjectSource::PublicationKey(std::string_view key, std::string_view suffix) const {
    if (key.size() + suffix.size() <= kLongestKey) {
        return fmt::format("{}{}", key, suffix);
    }
    const auto digest = Sha256Hex(key).substr(0, 16);
    auto length = kLongestKey - suffix.size() - digest.size() - 1;
    while (length > 0 && (static_cast<unsigned char>(key[length]) & 0xC0U) == 0x80U) {
        --length;  // keys are UTF-8
    }
    return fmt::format("{}~{}{}", key.substr(0, length), digest, suffix);
}

Result<std::optional<std::string>> ObjectSource::StartOfPublished(
    const Bucket& bucket, const PublicationTarget& target, std::stop_token stop
) {
    const auto client = ClientOf(bucket.source_id);
    if (!client) {
        return Unexpected(client.error());
    }
    const auto place = BucketOf(bucket, target);
    const auto info = (*client)->Head(place, target.key, stop);
    if (!info) {
        return info.error().code == ErrorCode::kNotFound ? Result<std::optional<std::string>>(std::nullopt)
                                                         : Unexpected(info.error());
    }
    std::string start(std::min<std::uint64_t>(info->size_bytes, kStartBytes), '\0');
    if (start.empty()) {
        return start;
    }
    const auto read = (*client)->Read(
        place,
        target.key,
        {.offset = 0, .object_size = info->size_bytes, .etag = info->etag},
        std::as_writable_bytes(std::span(start)),
        stop
    );
    return read ? Result<std::optional<std::string>>(std::move(start)) : Unexpected(read.error());
}

Result<void> ObjectSource::Publish(
    const Bucket& bucket,
    const Item& item,
    const PublicationTarget& target,
    std::string_view bytes,
    std::stop_token stop
) {
    const auto client = ClientOf(bucket.source_id);
    if (!client) {
        return Unexpected(client.error());
    }
    if (const auto media = (*client)->Head(PlaceOf(bucket.location).bucket, item.key, stop); !media) {
        return media.error().code == ErrorCode::kNotFound
                   ? Fail(ErrorCode::kNotFound, "the media is not there any more")
                   : Unexpected(media.error());
    }
    const auto place = BucketOf(bucket, target);
    WrittenAs as{.content_type = target.media_type, .metadata = target.metadata};
    if (bucket.kind == kUnchanging && !as.metadata.empty()) {
        const auto there = (*client)->Head(place, target.key, stop);
        if (!there && there.error().code != ErrorCode::kNotFound) {
            return Unexpected(there.error());
        }
        if (there) {
            as.metadata.clear();
        }
    }
    return (*client)->Write(place, target.key, bytes, as, stop);
}

Result<void> ObjectSource::RemovePublished(
    const Bucket& bucket, const PublicationTarget& target, std::stop_token stop
) {
    return ClientOf(bucket.source_id).and_then([&](const std::shared_ptr<StoreClient>& client) {
        return client->Remove(BucketOf(bucket, target), target.key, stop);
    });
}

}  // namespace notify::objects
