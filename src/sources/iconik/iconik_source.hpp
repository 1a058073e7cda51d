#pragma once

// Assets of Iconik: the connection of kind "iconik". A bucket is a collection, a saved search, or all assets;
// an item's key is the asset's id, its version the id of the asset's version.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "sources/access.hpp"
#include "sources/iconik/budget.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/signed_media.hpp"
#include "sources/iconik/unmapped_people.hpp"
#include "sources/setup.hpp"
#include "sources/source.hpp"

namespace notify::iconik {

/// One client for each source, made anew when its configuration changes. Thread-safe.
class IconikSource final : public SourceConnection {
public:
    /// `clock` outlives it.
    IconikSource(FindAccess access, const Clock& clock, CountNodes nodes = {})
        : access_(std::move(access)), clock_(clock), budgets_(std::move(nodes)) {}

    /// Assets with media of their own, and those that were deleted as `gone`; placeholders are told when they
    /// have become assets. One that Iconik does not let be seen, or tells no sense of, is left out and
    /// counted in the note.
    [[nodiscard]] Result<ScanReport> Scan(
        const ScanRequest& request,
        const std::function<Result<void>(FoundObject)>& found,
        std::stop_token stop
    ) override;

    [[nodiscard]] bool ListsInOrder() const noexcept override { return false; }

    [[nodiscard]] bool VersionNamesBytes() const noexcept override { return false; }

    /// Of `assets`.
    [[nodiscard]] bool TellsChanges(const Bucket& bucket) const override {
        return bucket.location == kAllAssets;
    }

    /// `gone` when Iconik has none with that id; nothing for one that is not in the bucket's collection.
    [[nodiscard]] Result<std::optional<FoundObject>> Look(
        const Bucket& bucket, const std::string& key, std::stop_token stop
    ) override;

    /// Chooses what is read (media.hpp), and opens it by a signed URL. kConflict when the asset has a newer
    /// version; kThrottled (media_not_ready, archived) while it cannot be read; kNotFound (media_never_came)
    /// when it was noticed, was made and is to be run longer ago than the source waits.
    [[nodiscard]] Result<OpenedItem> Open(
        const Bucket& bucket, const Item& item, std::stop_token stop
    ) override;

    /// Null: what tells of news are its webhooks.
    [[nodiscard]] std::unique_ptr<BucketWatch> Watch(
        const Bucket& /*bucket*/, std::function<void(std::string_view)> /*changed*/
    ) override {
        return nullptr;
    }

    [[nodiscard]] Result<void> CheckBucket(const Bucket& bucket, std::stop_token stop) override;

    [[nodiscard]] std::string PublicationKey(std::string_view key, std::string_view suffix) const override;

    /// Nothing: what we write is known by its external ids.
    [[nodiscard]] Result<std::optional<std::string>> StartOfPublished(
        const Bucket& bucket, const PublicationTarget& target, std::stop_token stop
    ) override;

    /// Of the `timeline` segments and names, of the `status` a field, jobs and a row of history; each written
    /// where it differs. kUnsupported for other formats: a file has no place beside an asset.
    [[nodiscard]] Result<void> Publish(
        const Bucket& bucket,
        const Item& item,
        const PublicationTarget& target,
        std::string_view bytes,
        std::stop_token stop
    ) override;

    /// Of the `timeline` segments, people and names, of the `status` its field and jobs. "" for a
    /// configuration that cannot be read.
    [[nodiscard]] std::string WritingOf(const std::string& config, std::string_view format) const override;

    [[nodiscard]] Result<std::vector<ProcessId>> ShowProgress(
        const Bucket& bucket,
        const Item& item,
        const std::vector<RunningProcess>& processes,
        std::stop_token stop
    ) override;

    [[nodiscard]] Result<std::vector<ProcessId>> StoppedProcesses(
        const Bucket& bucket, std::stop_token stop
    ) override;

    /// Makes what the source needs in Iconik, or takes it away (setup.hpp). Errors of SetUp; kNotFound.
    [[nodiscard]] Result<SetupOutcome> SetUp(
        const SourceId& id, const SetupWish& wish, const std::stop_token& stop
    );

    /// How the webhooks that were made stand there; none, and no request, when none was (webhooks.hpp).
    [[nodiscard]] Result<std::vector<StoreWebhook>> Webhooks(const SourceId& id, const std::stop_token& stop);

private:
    struct Connection {
        Connection(Config of, CredentialsProvider credentials, RateBudgets& budgets, const Clock& clock);

        Config config;
        Client client;
        std::shared_ptr<MediaStore> media;  ///< Shared with what is being read.
        UnmappedPeople unmapped;
    };

    struct Connected {
        std::string config;
        std::shared_ptr<Connection> connection;  ///< Shared with calls under way.
    };

    [[nodiscard]] Result<std::shared_ptr<Connection>> ConnectionOf(const SourceId& id);
    [[nodiscard]] static Result<OpenedItem> OpenMedia(
        const std::shared_ptr<Connection>& connection, const Item& item, Timestamp now, std::stop_token stop
    );

    const FindAccess access_;
    const Clock& clock_;
    RateBudgets budgets_;
    std::mutex mutex_;
    std::map<SourceId, Connected> connected_;
};

}  // namespace notify::iconik
