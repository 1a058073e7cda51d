#include "sources/local/local_source.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/glob.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/item.hpp"
#include "domain/publication.hpp"
#include "sources/local/beneath.hpp"
#include "sources/local/folder_watch.hpp"
#include "sources/local/settling.hpp"
#include "sources/local/walk.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr std::size_t kLongestStem = 200;
constexpr std::size_t kStartBytes = 64;
constexpr std::size_t kLongestKey = PATH_MAX - 256;  // what other programs can still open

std::string VersionOf(std::uint64_t size, std::int64_t modified_ns) {
    return fmt::format("{}-{}", size, modified_ns);
}

/// True when `inner` is `outer` or lies inside it; both exist.
bool LiesInside(const std::filesystem::path& inner, const std::filesystem::path& outer) {
    std::error_code error;
    const auto relative = std::filesystem::weakly_canonical(inner, error)
                              .lexically_relative(std::filesystem::weakly_canonical(outer, error));
    return !relative.empty() && *relative.begin() != "..";
}

FoundObject Describe(const WalkedFile& file) {
    FoundObject object{
        .key = file.key,
        .version = VersionOf(file.size_bytes, file.modified_ns),
        .size_bytes = file.size_bytes,
        .modified_at = FromMillis(file.modified_ns / 1'000'000),
    };
    if (file.link_outside) {
        object.skip_code = "link_outside";
        object.skip_reason =
            "it is a link that leads out of the bucket's folder or nowhere; such links are not followed";
    } else if (file.unreadable) {
        object.skip_code = "unreadable";
        object.skip_reason = "the service may not read this file; change its permissions and touch it";
    } else if (file.key.size() > kLongestKey) {
        object.skip_code = "unreadable";
        object.skip_reason = "its path is longer than this system can open";
    }
    return object;
}

/// A result of nothing would only litter: the media was moved or deleted meanwhile.
Result<void> CheckMediaIsThere(const Bucket& bucket, const std::string& key) {
    const auto folder = OpenFolderOf(bucket.location, key);
    if (!folder) {
        return Unexpected(folder.error());
    }
    struct stat status{};
    const auto name = key.substr(key.rfind('/') + 1);
    if (::fstatat(folder->Get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
        return {};
    }
    return errno == ENOENT ? Fail(ErrorCode::kNotFound, "the media is not there any more")
                           : Unexpected(SystemError(errno, "look for the media"));
}

const std::string& FolderOf(const Bucket& bucket, const PublicationTarget& target) {
    return target.place.empty() ? bucket.location : target.place;
}

}  // namespace

Result<ScanReport> LocalSource::Scan(
    const ScanRequest& request, const std::function<Result<void>(FoundObject)>& found, std::stop_token stop
) {
    const auto& bucket = request.bucket;
    ScanReport report;
    const auto now = clock_.Now();
    SettlingScan settling(settling_.Take(bucket.id), bucket.settle_time, now);
    const auto visit = [&](const WalkedFile& file) -> Result<void> {
        if (!PassesGlobs(bucket.include, bucket.exclude, file.key)) {
            return {};
        }
        ++report.seen;
        // results are replaced whole: ours do not grow, and the ledger knows them
        const bool whole = file.link_outside || IsPublicationKey(file.key);
        const auto complete_at = whole ? now : settling.CompleteAt(file);
        if (complete_at <= now) {
            return found(Describe(file));
        }
        ++report.settling;
        report.look_again_at = std::min(report.look_again_at.value_or(complete_at), complete_at);
        return {};
    };
    auto note = WalkFolder(bucket.location, visit, stop);
    settling_.Keep(bucket.id, note ? settling.TakeMemory() : settling.TakeMemoryOfPart());
    if (!note) {
        return Unexpected(note.error());
    }
    report.note = std::move(*note);
    return report;
}

Result<std::optional<FoundObject>> LocalSource::Look(
    const Bucket& bucket, const std::string& key, std::stop_token /*stop*/
) {
    const auto fd = OpenBeneath(bucket.location, key, O_RDONLY);
    if (!fd) {
        return fd.error().code == ErrorCode::kNotFound ? Result<std::optional<FoundObject>>(std::nullopt)
                                                       : Unexpected(fd.error());
    }
    return StateOf(*fd).map([&](const FileState& state) {
        return std::optional(
            Describe({.key = key, .size_bytes = state.size_bytes, .modified_ns = state.modified_ns})
        );
    });
}

Result<OpenedItem> LocalSource::Open(const Bucket& bucket, const Item& item, std::stop_token /*stop*/) {
    auto fd = OpenBeneath(bucket.location, item.key, O_RDONLY);
    if (!fd) {
        return Unexpected(fd.error());
    }
    const auto state = StateOf(*fd);
    if (!state) {
        return Unexpected(state.error());
    }
    if (VersionOf(state->size_bytes, state->modified_ns) != item.version) {
        return Fail(ErrorCode::kConflict, "the file was changed after it was noticed");
    }
    return OpenedItem{
        .descriptor = std::move(*fd), .reader = nullptr, .size_bytes = state->size_bytes, .state = *state
    };
}

std::unique_ptr<BucketWatch> LocalSource::Watch(
    const Bucket& bucket, std::function<void(std::string_view)> changed
) {
    return WatchFolder(bucket.location, std::move(changed));
}

Result<void> LocalSource::CheckBucket(const Bucket& bucket, std::stop_token /*stop*/) {
    const std::filesystem::path folder(bucket.location);
    if (!folder.is_absolute()) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("'{}' is not an absolute path", bucket.location)
        );
    }
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("{} is no folder, or cannot be reached", bucket.location)
        );
    }
    if (::access(folder.c_str(), R_OK | X_OK) != 0) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("the service may not read the folder {}", bucket.location)
        );
    }
    if (LiesInside(folder, data_dir_)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{} lies inside DATA_DIR, which is the service's own", bucket.location)
        );
    }
    if (LiesInside(data_dir_, folder)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "DATA_DIR ({}) lies inside {}; watch another folder or move DATA_DIR",
                data_dir_.native(),
                bucket.location
            )
        );
    }
    return {};
}

std::string LocalSource::PublicationKey(std::string_view key, std::string_view suffix) const {
    const auto slash = key.rfind('/') + 1;  // npos + 1 is 0
    std::string name(key.substr(slash));
    if (name.size() + suffix.size() > NAME_MAX) {
        name = fmt::format("{}~{}", name.substr(0, kLongestStem), Sha256Hex(name).substr(0, 16));
    }
    return fmt::format("{}{}{}", key.substr(0, slash), name, suffix);
}

Result<std::optional<std::string>> LocalSource::StartOfPublished(
    const Bucket& bucket, const PublicationTarget& target, std::stop_token /*stop*/
) {
    const auto fd = OpenBeneath(FolderOf(bucket, target), target.key, O_RDONLY);
    if (!fd) {
        return fd.error().code == ErrorCode::kNotFound ? Result<std::optional<std::string>>(std::nullopt)
                                                       : Unexpected(fd.error());
    }
    std::string start(kStartBytes, '\0');
    const auto got = ::read(fd->Get(), start.data(), start.size());
    if (got < 0) {
        return Fail(ErrorCode::kConflict, "what stands in its place is no file");
    }
    start.resize(static_cast<std::size_t>(got));
    return start;
}

Result<void> LocalSource::Publish(
    const Bucket& bucket,
    const Item& item,
    const PublicationTarget& target,
    std::string_view bytes,
    std::stop_token /*stop*/
) {
    const auto& place = FolderOf(bucket, target);
    return CheckMediaIsThere(bucket, item.key)
        .and_then([&] { return MakeFolderOf(place, target.key); })
        .and_then([&](const UniqueFd& folder) {
            return ReplaceFile(folder.Get(), target.key.substr(target.key.rfind('/') + 1), bytes);
        })
        .map_error([&](const Error& error) {
            return error.Within(
                target.place.empty() ? fmt::format("results cannot be written beside the media in {}", place)
                                     : fmt::format("results cannot be written into {}", place)
            );
        });
}

Result<void> LocalSource::RemovePublished(
    const Bucket& bucket, const PublicationTarget& target, std::stop_token /*stop*/
) {
    const auto& place = FolderOf(bucket, target);
    return RemoveFile(place, target.key).map_error([&](const Error& error) {
        return error.Within(fmt::format("results cannot be removed from {}", place));
    });
}

}  // namespace notify
