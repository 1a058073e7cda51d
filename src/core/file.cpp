#include "core/file.hpp"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base64.hpp"
#include "core/random.hpp"

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
        default:
            error.code = ErrorCode::kUnavailable;
            break;
    }
    error.message = fmt::format("cannot {}: {}", doing, std::generic_category().message(number));
    return error;
}

namespace {

Result<void> WriteAll(int fd, std::string_view bytes, const std::string& doing) {
    while (!bytes.empty()) {
        const auto written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return Unexpected(SystemError(errno, doing));
        }
        bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return ::fsync(fd) == 0 ? Result<void>{} : Unexpected(SystemError(errno, doing));
}

}  // namespace

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

Result<void> WriteFileAtomically(
    const std::filesystem::path& path, std::string_view bytes, unsigned int mode
) {
    auto temporary = path;
    temporary.replace_filename(fmt::format(".{}.tmp", ToHex(RandomBytes(8))));
    const auto doing = fmt::format("write {}", path.native());
    UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
    if (!fd.IsOpen()) {
        return Unexpected(SystemError(errno, doing));
    }
    auto written = WriteAll(fd.Get(), bytes, doing);
    fd.Reset();
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
