#pragma once

// Where the bytes of artifacts live: by the sha-256 of what is stored, ≤ 256 KiB as rows, larger as files.
// Where the database is on another machine all are rows.

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/result.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Bytes to be stored, prepared outside a transaction: files are already durable on disk, rows still in
/// memory. Put `ref` into the result and call `Commit` inside the transaction that refers to it; until the
/// last copy is gone the file is not collected.
struct PreparedArtifact {
    ArtifactRef ref;
    std::string row_bytes;              ///< What goes into a row; empty when the bytes are a file.
    std::shared_ptr<const void> keeps;  ///< The file, against CollectOrphans; shared by all copies of this.

    /// Writes the row, if there is one. Call inside the transaction.
    [[nodiscard]] Result<void> Commit(Transaction& transaction) const;
};

/// Thread-safe.
class ArtifactStore final {
public:
    static constexpr std::size_t kMaxRowBytes = 256U << 10U;      ///< In a database of DATA_DIR.
    static constexpr std::size_t kMostBytesOfARow = 256U << 20U;  ///< kTooLarge above.

    /// `folder`: DATA_DIR/artifacts, made when missing. `box` seals artifacts that are `sealed`.
    ArtifactStore(Storage& storage, const SecretBox& box, std::filesystem::path folder);

    /// Seals when `ref.sealed`, sets ref.sha256 and ref.size_bytes, and for a large artifact writes and
    /// fsyncs the file. Do this before the transaction. kStorageFull, kForbidden, kTooLarge.
    [[nodiscard]] Result<PreparedArtifact> Prepare(ArtifactRef ref, std::string_view bytes) const;

    /// The bytes in the clear. kNotFound when they are gone, kInternal when their digest or seal is wrong.
    [[nodiscard]] Result<std::string> Read(const ArtifactRef& ref) const;

    /// The same for who has a snapshot open.
    [[nodiscard]] Result<std::string> Read(const Snapshot& snapshot, const ArtifactRef& ref) const;

    /// The path of an artifact that is an unsealed file, for streaming; empty when it is a row or sealed.
    [[nodiscard]] std::filesystem::path FilePath(const ArtifactRef& ref) const;

    /// Removes the bytes at once, unless something refers to them or a PreparedArtifact keeps them.
    [[nodiscard]] Result<void> Remove(const ArtifactRef& ref) const;

    /// Removes files and rows older than an hour that nothing refers to and no PreparedArtifact keeps; how
    /// many. kStopped.
    [[nodiscard]] Result<int> CollectOrphans(const std::stop_token& stop = {});

private:
    struct Kept;

    [[nodiscard]] Result<std::string> Opened(
        const ArtifactRef& ref, const Result<std::optional<std::string>>& row
    ) const;
    [[nodiscard]] std::filesystem::path PathOf(std::string_view sha256) const;
    [[nodiscard]] Result<void> WriteFile(const std::filesystem::path& path, std::string_view stored) const;
    [[nodiscard]] std::shared_ptr<const void> Keep(const std::string& sha256) const;
    [[nodiscard]] bool IsKept(const std::string& sha256) const;
    [[nodiscard]] Result<int> RemoveOrphanRows(const std::stop_token& stop);
    [[nodiscard]] Result<int> RemoveRows(const std::vector<std::string>& found, const std::stop_token& stop);
    [[nodiscard]] bool RemoveIfOld(
        const std::filesystem::path& path, std::filesystem::file_time_type oldest
    ) const;
    [[nodiscard]] Result<bool> RemoveIfOrphan(
        const std::filesystem::path& path, std::filesystem::file_time_type oldest
    ) const;

    Storage& storage_;
    const SecretBox& box_;
    std::filesystem::path folder_;
    /// Digests of prepared files and how many keep each; shared with what keeps them.
    std::shared_ptr<Kept> kept_;
    mutable std::mutex files_;  ///< Between finding a file that is there and removing one nobody refers to.
};

}  // namespace notify
