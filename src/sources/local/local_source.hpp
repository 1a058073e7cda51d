#pragma once

// A folder of this machine as a bucket. See docs/sources/local.md.

#include <filesystem>
#include <utility>

#include "core/clock.hpp"
#include "sources/local/settling.hpp"
#include "sources/source.hpp"

namespace notify {

/// The key of a file is its path relative to the folder, its version "<size>-<mtime in ns>". New files are
/// reported when they have settled (sources/local/settling.hpp); links and unreadable files with a reason.
class LocalSource final : public SourceConnection {
public:
    /// The clock outlives the source; settle times are measured by it.
    LocalSource(std::filesystem::path data_dir, const Clock& clock)
        : data_dir_(std::move(data_dir)), clock_(clock) {}

    [[nodiscard]] Result<ScanReport> Scan(
        const ScanRequest& request,
        const std::function<Result<void>(FoundObject)>& found,
        std::stop_token stop
    ) override;

    [[nodiscard]] bool ListsInOrder() const noexcept override { return false; }

    [[nodiscard]] Result<std::optional<FoundObject>> Look(
        const Bucket& bucket, const std::string& key, std::stop_token stop
    ) override;
    [[nodiscard]] Result<OpenedItem> Open(
        const Bucket& bucket, const Item& item, std::stop_token stop
    ) override;
    [[nodiscard]] std::unique_ptr<BucketWatch> Watch(
        const Bucket& bucket, std::function<void(std::string_view)> changed
    ) override;
    [[nodiscard]] Result<void> CheckBucket(const Bucket& bucket, std::stop_token stop) override;
    [[nodiscard]] std::string PublicationKey(std::string_view key, std::string_view suffix) const override;
    [[nodiscard]] Result<std::optional<std::string>> StartOfPublished(
        const Bucket& bucket, const PublicationTarget& target, std::stop_token stop
    ) override;
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
    std::filesystem::path data_dir_;
    const Clock& clock_;
    SettlingMemory settling_;
};

}  // namespace notify
