#pragma once

// Files and descriptors: owned, read whole, written so that a crash leaves the old or the new one.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// Owns a file descriptor; closes it once.
class UniqueFd final {
public:
    UniqueFd() = default;

    explicit UniqueFd(int fd) noexcept : fd_(fd) {}

    ~UniqueFd() { Reset(); }

    UniqueFd(UniqueFd&& other) noexcept : fd_(other.Release()) {}

    UniqueFd& operator=(UniqueFd&& other) noexcept;
    UniqueFd(const UniqueFd&) = delete;
    UniqueFd& operator=(const UniqueFd&) = delete;

    [[nodiscard]] int Get() const noexcept { return fd_; }

    [[nodiscard]] bool IsOpen() const noexcept { return fd_ >= 0; }

    /// Gives the descriptor away; the caller closes it.
    [[nodiscard]] int Release() noexcept;

    void Reset() noexcept;

private:
    int fd_ = -1;
};

/// What tells that an open file was written to. Times are nanoseconds since 1970; nobody can set `changed_ns`
/// back, but a new name or new permissions move it too.
struct FileState {
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    friend bool operator==(const FileState&, const FileState&) = default;
};

/// kConflict when it is no regular file, kUnavailable.
[[nodiscard]] Result<FileState> StateOf(const UniqueFd& fd);

/// The whole file. kNotFound, kForbidden, kTooLarge (over `limit` bytes) or kUnavailable, each with the path.
[[nodiscard]] Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t limit = 64U << 20U);

/// Writes a temporary neighbour, fsyncs it, renames it over `path`, fsyncs the folder. Nothing is left behind
/// on failure. `mode`: permission bits of the new file. kForbidden, kStorageFull or kUnavailable.
[[nodiscard]] Result<void> WriteFileAtomically(
    const std::filesystem::path& path, std::string_view bytes, unsigned int mode = 0644
);

/// Writes all of the bytes where the descriptor is; they are not durable yet. Fails as SystemError says;
/// `doing` as there.
[[nodiscard]] Result<void> WriteWhole(int fd, std::string_view bytes, std::string_view doing);

/// Holds the file, made when missing, until what it returns is closed or the process ends. kConflict: another
/// process holds it.
[[nodiscard]] Result<UniqueFd> LockFile(const std::filesystem::path& path);

/// Removes from `folder` and the folders in it what WriteFileAtomically left when a process was killed in it;
/// how many. Only when nobody writes there. What cannot be removed is left.
int RemoveTemporaryFiles(const std::filesystem::path& folder);

/// Makes what was created, renamed or removed in `folder` durable.
[[nodiscard]] Result<void> SyncFolder(const std::filesystem::path& folder);

/// The error of a failed system call as ours: ENOENT → kNotFound, EACCES/EPERM/EROFS → kForbidden,
/// ENOSPC/EDQUOT → kStorageFull, else kUnavailable. `doing`: "open /a/b".
[[nodiscard]] Error SystemError(int number, std::string_view doing);

}  // namespace notify
