#include "core/file.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <asm-generic/errno.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/no_resources.hpp"
#include "core/random.hpp"
#include "core/result.hpp"

namespace notify {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
        Reset();
        fd_ = other.Release();
    }
    return *this;
}

int UniqueFd::Release() noexcept {
    const int fd = fd_;
    fd_ = -1;
    return fd;
}

void UniqueFd::Reset() noexcept {
    if (fd_ >= 0) {
        ::close(fd_);
        fd_ = -1;
    }
}

Result<FileState> StateOf(const UniqueFd& fd) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    struct stat status{};
    if (::fstat(fd.Get(), &status) != 0) {
        return Unexpected(SystemError(errno, "look at an open file"));
    }
    if (!S_ISREG(status.st_mode)) {
        return Fail(ErrorCode::kConflict, "the file is no regular file any more");
    }
    return FileState{
        .size_bytes = static_cast<std::uint64_t>(status.st_size),
        .modified_ns = status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec,
        .changed_ns = status.st_ctim.tv_sec * kSecond + status.st_ctim.tv_nsec,
    };
}

Error SystemError(int number, std::string_view doing) {
    Error error{};
    switch (number) {
        case ENOENT:
            error.code = ErrorCode::kNotFound;
            break;
        case EACCES:
        case EPERM:
        case EROFS:
            error.code = ErrorCode::kForbidden;
            break;
        case ENOSPC:
        case EDQUOT:
            error.code = ErrorCode::kStorageFull;
            break;
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            error.code = ErrorCode::kUnavailable;
            error.reason = kNoResources;
            break;
        default:
            error.code = ErrorCode::kUnavailable;
            break;
    }
    error.message = fmt::format("cannot {}: {}", doing, std::generic_category().message(number));
    return error;
}

Result<void> WriteWhole(int fd, std::string_view bytes, std::string_view doing) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return Unexpected(SystemError(errno, doing));
        }
        bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return {};
}

Result<void> SyncFolder(const std::filesystem::path& folder) {
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd.IsOpen() || ::fsync(fd.Get()) != 0) {
        return Unexpected(SystemError(errno, fmt::format("sync {}", folder.native())));
    }
    return {};
}

Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t limit) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.IsOpen()) {
        return Unexpected(SystemError(errno, fmt::format("open {}", path.native())));
    }
    std::string bytes;
    std::string chunk(64U << 10U, '\0');
    while (true) {
        const auto got = ::read(fd.Get(), chunk.data(), chunk.size());
        if (got == 0) {
            return bytes;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return Unexpected(SystemError(errno, fmt::format("read {}", path.native())));
        }
        bytes.append(chunk, 0, static_cast<std::size_t>(got));
        if (bytes.size() > limit) {
            return Fail(
                ErrorCode::kTooLarge, fmt::format("{} is larger than {} bytes", path.native(), limit)
            );
        }
    }
}

namespace {

constexpr std::size_t kTemporaryBytes = 8;
constexpr std::string_view kTemporaryEnd = ".tmp";

std::filesystem::path TemporaryBeside(std::filesystem::path path) {
    path.replace_filename(fmt::format(".{}{}", ToHex(RandomBytes(kTemporaryBytes)), kTemporaryEnd));
    return path;
}

bool IsTemporary(std::string_view name) {
    return name.size() == 1 + 2 * kTemporaryBytes + kTemporaryEnd.size() && name.starts_with('.') &&
           name.ends_with(kTemporaryEnd) && FromHex(name.substr(1, 2 * kTemporaryBytes));
}

}  // namespace

Result<UniqueFd> LockFile(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd.IsOpen()) {
        return Unexpected(SystemError(errno, fmt::format("open {}", path.native())));
    }
    if (::flock(fd.Get(), LOCK_EX | LOCK_NB) != 0) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format("another process uses this database (it holds {})", path.native())
        );
    }
    return fd;
}

int RemoveTemporaryFiles(const std::filesystem::path& folder) {
    int removed = 0;
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(
        folder, std::filesystem::directory_options::skip_permission_denied, error
    );
    const std::filesystem::recursive_directory_iterator end;
    for (; !error && at != end; at.increment(error)) {
        std::error_code ignored;
        const auto& path = at->path();
        if (IsTemporary(path.filename().native()) &&
            at->symlink_status(ignored).type() == std::filesystem::file_type::regular) {
            removed += std::filesystem::remove(path, ignored) ? 1 : 0;
        }
    }
    return removed;
}

Result<void> WriteFileAtomically(
    const std::filesystem::path& path, std::string_view bytes, unsigned int mode
) {
    const auto temporary = TemporaryBeside(path);
    const auto doing = fmt::format("write {}", path.native());
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!fd.IsOpen()) {
        return Unexpected(SystemError(errno, doing));
    }
    auto written = WriteWhole(fd.Get(), bytes, doing);
    if (written && ::fsync(fd.Get()) != 0) {
        written = Unexpected(SystemError(errno, doing));
    }
    fd.Reset();
    FailPoint("file_written");
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
        written = Unexpected(SystemError(errno, doing));
    }
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return SyncFolder(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace notify
