#pragma once

// Buckets of object stores: the connection of kinds s3, object_matrix and datacore.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "sources/access.hpp"
#include "sources/objects/store_client.hpp"
#include "sources/source.hpp"

namespace notify::objects {

/// Where a bucket of ours lies: "bucket/some/prefix".
struct Place {
    std::string bucket;
    std::string prefix;  ///< "" or what keys begin with.
};

[[nodiscard]] Place PlaceOf(std::string_view location);

/// What identifies the bytes of an object: its ETag and its size, and when it was written if it has no ETag.
[[nodiscard]] std::string VersionOf(const StoredObject& object);

/// One client for each source, made anew when its configuration changes, or its newest secret from a key pair
/// to a token. Thread-safe.
class ObjectSource final : public SourceConnection {
public:
    /// Whether its stores' listings may be cut into folders.
    enum class Listing : std::uint8_t { kWhole, kByFolders };

    /// `clock` outlives it.
    ObjectSource(FindAccess access, ConnectStore connect, const Clock& clock, Listing listing)
        : access_(std::move(access)), connect_(std::move(connect)), clock_(clock), listing_(listing) {}

    /// Objects in the order of their keys, without directory markers (empty objects whose key ends with a
    /// slash). Errors of StoreClient::List.
    [[nodiscard]] Result<ScanReport> Scan(
        const ScanRequest& request,
        const std::function<Result<void>(FoundObject)>& found,
        std::stop_token stop
    ) override;

    [[nodiscard]] bool ListsInOrder() const noexcept override { return true; }

    [[nodiscard]] bool ListsFolders() const noexcept override { return listing_ == Listing::kByFolders; }

    [[nodiscard]] Result<FolderListing> ListFolder(
        const Bucket& bucket, const std::string& folder, int most_pages, std::stop_token stop
    ) override;

    [[nodiscard]] Result<std::optional<FoundObject>> Look(
        const Bucket& bucket, const std::string& key, std::stop_token stop
    ) override;

    /// Looks at the object before it is read: kThrottled without a GET when it would have to be restored:
    /// archived (asked again in a day), or restoring (in an hour) where the bucket's options allow that it is
    /// asked for.
    [[nodiscard]] Result<OpenedItem> Open(
        const Bucket& bucket, const Item& item, std::stop_token stop
    ) override;

    /// Null: these stores do not tell.
    [[nodiscard]] std::unique_ptr<BucketWatch> Watch(
        const Bucket& /*bucket*/, std::function<void(std::string_view)> /*changed*/
    ) override {
        return nullptr;
    }

    /// Lists one key. The error's reason says which hop failed (faults.hpp).
    [[nodiscard]] Result<void> CheckBucket(const Bucket& bucket, std::stop_token stop) override;

    [[nodiscard]] std::string PublicationKey(std::string_view key, std::string_view suffix) const override;
    [[nodiscard]] Result<std::optional<std::string>> StartOfPublished(
        const Bucket& bucket, const PublicationTarget& target, std::stop_token stop
    ) override;
    /// MatrixStore's user metadata cannot be changed: there only an object that is new gets any.
    [[nodiscard]] Result<void> Publish(
        const Bucket& bucket,
        const Item& item,
        const PublicationTarget& target,
        std::string_view bytes,
        std::stop_token stop
    ) override;
    [[nodiscard]] Result<void> RemovePublished(
        const Bucket& bucket, const PublicationTarget& target, std::stop_token stop
    ) override;

private:
    struct Connected {
        std::string config;
        bool by_token = false;
        std::shared_ptr<StoreClient> client;
    };

    [[nodiscard]] Result<std::shared_ptr<StoreClient>> ClientOf(const SourceId& id);

    const FindAccess access_;
    const ConnectStore connect_;
    const Clock& clock_;
    const Listing listing_;
    std::mutex mutex_;
    std::map<SourceId, Connected> connected_;
};

}  // namespace notify::objects
