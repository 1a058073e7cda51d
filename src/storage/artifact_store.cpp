#include "storage/artifact_store.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/parts.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::string_view kPurpose = "artifact";
constexpr int kOrphansAtOnce = 100'000;  // rows that one look finds
constexpr std::size_t kRowsOfAWrite = 500;

}  // namespace

struct ArtifactStore::Kept {
    std::mutex mutex;
    std::multiset<std::string> digests;
};

Result<void> PreparedArtifact::Commit(Transaction& transaction) const {
    const bool is_file = row_bytes.empty() && ref.size_bytes > 0;
    return is_file ? Result<void>{} : transaction.results.PutArtifactRow(ref.sha256, row_bytes);
}

ArtifactStore::ArtifactStore(Storage& storage, const SecretBox& box, std::filesystem::path folder)
    : storage_(storage), box_(box), folder_(std::move(folder)), kept_(std::make_shared<Kept>()) {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);  // a failure shows itself at the first write
}

std::filesystem::path ArtifactStore::PathOf(std::string_view sha256) const {
    return folder_ / sha256.substr(0, 2) / sha256.substr(2);
}

Result<PreparedArtifact> ArtifactStore::Prepare(ArtifactRef ref, std::string_view bytes) const {
    std::string stored = ref.sealed ? box_.Seal(bytes, kPurpose) : std::string(bytes);
    ref.sha256 = Sha256Hex(stored);
    ref.size_bytes = bytes.size();
    const bool all_rows = storage_.KeepsArtifacts();
    if (all_rows && stored.size() > kMostBytesOfARow) {
        return Fail(
            ErrorCode::kTooLarge,
            fmt::format(
                "artifact {} has {} bytes; this database takes up to {} MiB",
                ref.name,
                stored.size(),
                kMostBytesOfARow >> 20U
            )
        );
    }
    if (all_rows || stored.size() <= kMaxRowBytes) {
        return PreparedArtifact{.ref = std::move(ref), .row_bytes = std::move(stored), .keeps = {}};
    }
    auto keeps = Keep(ref.sha256);
    if (auto written = WriteFile(PathOf(ref.sha256), stored); !written) {
        return Unexpected(written.error().Within(fmt::format("artifact {}", ref.name)));
    }
    FailPoint("artifact_stored");
    return PreparedArtifact{.ref = std::move(ref), .row_bytes = {}, .keeps = std::move(keeps)};
}

std::shared_ptr<const void> ArtifactStore::Keep(const std::string& sha256) const {
    const std::scoped_lock lock(kept_->mutex);
    const auto place = kept_->digests.insert(sha256);
    return {nullptr, [kept = kept_, place](const void*) {
                const std::scoped_lock ends(kept->mutex);
                kept->digests.erase(place);
            }};
}

bool ArtifactStore::IsKept(const std::string& sha256) const {
    const std::scoped_lock lock(kept_->mutex);
    return kept_->digests.contains(sha256);
}

Result<void> ArtifactStore::WriteFile(const std::filesystem::path& path, std::string_view stored) const {
    std::error_code error;
    {
        const std::scoped_lock lock(files_);
        if (std::filesystem::is_regular_file(path, error)) {
            // nothing may refer to it yet: young again, it is no orphan for the next hour
            std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now(), error);
            return error ? Unexpected(SystemError(error.value(), fmt::format("touch {}", path.native())))
                         : Result<void>{};
        }
    }
    if (std::filesystem::create_directories(path.parent_path(), error)) {
        if (auto synced = SyncFolder(folder_); !synced) {
            return synced;
        }
    }
    return WriteFileAtomically(path, stored, 0600);
}

Result<std::string> ArtifactStore::Read(const ArtifactRef& ref) const {
    return Opened(ref, storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.results.ArtifactRow(ref.sha256);
    }));
}

Result<std::string> ArtifactStore::Read(const Snapshot& snapshot, const ArtifactRef& ref) const {
    return Opened(ref, snapshot.results.ArtifactRow(ref.sha256));
}

Result<std::string> ArtifactStore::Opened(
    const ArtifactRef& ref, const Result<std::optional<std::string>>& row
) const {
    if (!row) {
        return Unexpected(row.error());
    }
    auto stored = row->has_value() ? Result<std::string>(row->value_or(""))
                                   : ReadFile(PathOf(ref.sha256), std::size_t{2} << 30U);
    if (!stored) {
        return Unexpected(stored.error().Within(fmt::format("artifact {}", ref.name)));
    }
    if (Sha256Hex(*stored) != ref.sha256) {
        return Fail(
            ErrorCode::kInternal, fmt::format("the stored bytes of artifact {} were changed", ref.name)
        );
    }
    if (!ref.sealed) {
        return stored;
    }
    return box_.Open(*stored, kPurpose).map_error([&](Error error) {
        error.code = ErrorCode::kInternal;
        return error.Within(fmt::format("artifact {}", ref.name));
    });
}

std::filesystem::path ArtifactStore::FilePath(const ArtifactRef& ref) const {
    std::error_code error;
    const auto path = PathOf(ref.sha256);
    return !ref.sealed && std::filesystem::is_regular_file(path, error) ? path : std::filesystem::path();
}

bool ArtifactStore::RemoveIfOld(
    const std::filesystem::path& path, std::filesystem::file_time_type oldest
) const {
    std::error_code error;
    const std::scoped_lock lock(files_);
    return std::filesystem::last_write_time(path, error) <= oldest && !error &&
           std::filesystem::remove(path, error);
}

Result<bool> ArtifactStore::RemoveIfOrphan(
    const std::filesystem::path& path, std::filesystem::file_time_type oldest
) const {
    const auto sha256 = path.parent_path().filename().string() + path.filename().string();
    // in this order: what is prepared after the first question is young again when it comes to the last
    if (IsKept(sha256)) {
        return false;
    }
    return storage_.Read(
                       [&](const Snapshot& snapshot) { return snapshot.results.IsReferenced(sha256); }
    ).map([&](bool referenced) { return !referenced && RemoveIfOld(path, oldest); });
}

Result<void> ArtifactStore::Remove(const ArtifactRef& ref) const {
    return storage_
        .Write([&](Transaction& transaction) { return transaction.results.RemoveArtifactRow(ref.sha256); })
        .and_then([&] { return RemoveIfOrphan(PathOf(ref.sha256), std::filesystem::file_time_type::max()); })
        .map([](bool) {});
}

/// Few at a time, so that nobody waits for it.
Result<int> ArtifactStore::RemoveRows(const std::vector<std::string>& found, const std::stop_token& stop) {
    int removed = 0;
    return ForEachPart(
               found, kRowsOfAWrite, [&](const std::vector<std::string>& some) -> Result<void> {
                   if (stop.stop_requested()) {
                       return Fail(ErrorCode::kStopped, "stopped while removing artifacts without a result");
                   }
                   return storage_
                       .Write([&](Transaction& transaction) {
                           return transaction.results.RemoveOrphanRows(some);
                       })
                       .map([&](int count) { removed += count; });
               }
    ).map([&] { return removed; });
}

/// They are looked for beside writers.
Result<int> ArtifactStore::RemoveOrphanRows(const std::stop_token& stop) {
    const auto forgotten =
        storage_.Write([](Transaction& transaction) { return transaction.results.ForgetReleased(); });
    if (!forgotten) {
        return Unexpected(forgotten.error());
    }
    int removed = 0;
    for (bool more = true; more;) {
        const auto found = storage_.Read([](const Snapshot& snapshot) {
            return snapshot.results.OrphanRows(kOrphansAtOnce);
        });
        const auto gone = found ? RemoveRows(*found, stop) : Unexpected(found.error());
        if (!gone) {
            return gone;
        }
        removed += *gone;
        more = *gone > 0 && std::cmp_equal(found->size(), kOrphansAtOnce);
    }
    return removed;
}

Result<int> ArtifactStore::CollectOrphans(const std::stop_token& stop) {
    auto removed = RemoveOrphanRows(stop);
    if (!removed) {
        return removed;
    }
    const auto oldest = std::filesystem::file_time_type::clock::now() - kOrphanAge;
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(folder_, error);
    for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "stopped while looking for artifacts without a result");
        }
        std::error_code gone;
        if (!at->is_regular_file(gone) || at->last_write_time(gone) > oldest || gone) {
            continue;
        }
        const auto orphan = RemoveIfOrphan(at->path(), oldest);
        if (!orphan) {
            return Unexpected(orphan.error());
        }
        *removed += *orphan ? 1 : 0;
    }
    return error ? Unexpected(SystemError(error.value(), fmt::format("look through {}", folder_.native())))
                 : removed;
}

}  // namespace notify
