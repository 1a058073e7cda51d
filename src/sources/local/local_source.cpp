#include "sources/local/local_source.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sources/local/folder_watch.hpp"
#include "sources/local/glob.hpp"
#include "sources/local/walk.hpp"

namespace notify {

namespace {

std::string VersionOf(std::uint64_t size, std::int64_t modified_ns) {
    return fmt::format("{}-{}", size, modified_ns);
}

/// Opens a path inside the folder; no component may be a link.
Result<UniqueFd> OpenBeneath(const std::string& folder, const std::string& key, int flags) {
    const UniqueFd root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    open_how how{};
    how.flags = static_cast<unsigned int>(flags) | static_cast<unsigned int>(O_CLOEXEC);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    UniqueFd fd(static_cast<int>(::syscall(SYS_openat2, root.Get(), key.c_str(), &how, sizeof(how))));
    if (!root.IsOpen() || !fd.IsOpen()) {
        return Unexpected(SystemError(errno, fmt::format("open the file in {}", folder)));
    }
    return fd;
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
        object.skip_reason = "it is a link that leads out of the bucket's folder; links are not followed";
    } else if (file.unreadable) {
        object.skip_code = "unreadable";
        object.skip_reason = "the service may not read this file; change its permissions and touch it";
    }
    return object;
}

}  // namespace

Result<ScanReport> LocalSource::Scan(
    const Bucket& bucket, const std::function<Result<void>(FoundObject)>& found, std::stop_token stop
) {
    ScanReport report;
    const auto now = SystemClock().Now();
    const auto visit = [&](const WalkedFile& file) -> Result<void> {
        if (!PassesGlobs(bucket.include, bucket.exclude, file.key)) {
            return {};
        }
        ++report.seen;
        const auto still_at = FromMillis(file.modified_ns / 1'000'000) + bucket.settle_time;
        if (!file.link_outside && still_at > now && still_at < now + bucket.settle_time * 2) {
            ++report.settling;
            report.look_again_at = std::min(report.look_again_at.value_or(still_at), still_at);
            return {};
        }
        return found(Describe(file));
    };
    auto note = WalkFolder(bucket.location, visit, stop);
    if (!note) {
        return Unexpected(note.error());
    }
    report.note = std::move(*note);
    return report;
}

Result<OpenedItem> LocalSource::Open(const Bucket& bucket, const Item& item, std::stop_token /*stop*/) {
    auto fd = OpenBeneath(bucket.location, item.key, O_RDONLY);
    if (!fd) {
        return Unexpected(fd.error());
    }
    struct stat status{};
    if (::fstat(fd->Get(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return Fail(ErrorCode::kConflict, "the file is no regular file any more");
    }
    const auto size = static_cast<std::uint64_t>(status.st_size);
    if (VersionOf(size, status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec) != item.version) {
        return Fail(ErrorCode::kConflict, "the file was changed after it was noticed");
    }
    return OpenedItem{.descriptor = std::move(*fd), .reader = nullptr, .size_bytes = size};
}

std::unique_ptr<BucketWatch> LocalSource::Watch(
    const Bucket& bucket, std::function<void(std::string_view)> changed
) {
    return WatchFolder(bucket.location, std::move(changed));
}

Result<void> LocalSource::CheckBucket(const Bucket& bucket) const {
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

std::string LocalSource::PublicationKey(const Item& item) const {
    return item.key + ".notifications.json";
}

Result<void> LocalSource::Publish(
    const Bucket& bucket, const Item& item, std::string_view bytes, std::stop_token /*stop*/
) {
    const auto key = std::filesystem::path(PublicationKey(item));
    const auto parent = key.has_parent_path() ? key.parent_path().string() : std::string(".");
    const auto folder = OpenBeneath(bucket.location, parent, O_PATH | O_DIRECTORY);
    if (!folder) {
        return Unexpected(folder.error());
    }
    // through the descriptor, so that a link put in the way meanwhile leads nowhere
    const std::filesystem::path pinned = fmt::format("/proc/self/fd/{}", folder->Get());
    return WriteFileAtomically(pinned / key.filename(), bytes).map_error([&](Error error) {
        error.message =
            fmt::format("cannot write results beside the media in {}: {}", bucket.location, error.message);
        return error;
    });
}

}  // namespace notify
