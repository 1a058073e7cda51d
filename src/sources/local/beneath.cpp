#include "sources/local/beneath.hpp"

#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr ::mode_t kMode = 0644;

Error OpenError(int number, std::string_view key) {
    auto error = SystemError(number, "open the file");
    if (number == ELOOP || number == ENOTDIR) {
        error.code = ErrorCode::kConflict;
        error.message = "the file, or a folder on the way to it, was replaced by something else";
    } else if (number == ENOENT) {
        error.message = "the file is no longer there";
    } else if (number == ENAMETOOLONG) {
        error.code = ErrorCode::kInvalidArgument;
        error.message = fmt::format("a name of {} bytes is longer than this system takes", key.size());
    }
    return error;
}

constexpr ::mode_t kFolderMode = 0755;

/// Makes a folder in the open one if nothing has the name.
Result<void> MakeFolder(int at, const std::string& name) {
    if (::mkdirat(at, name.c_str(), kFolderMode) == 0 || errno == EEXIST) {
        return {};
    }
    return Unexpected(SystemError(errno, fmt::format("make the folder {}", name)));
}

/// `flags` of the last component; those before it are folders. With `make` all of them are folders that are
/// made when they are missing.
Result<UniqueFd> OpenEach(const std::string& folder, std::string_view key, int flags, bool make = false) {
    UniqueFd at(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!at.IsOpen()) {
        auto error = SystemError(errno, fmt::format("reach the bucket's folder {}", folder));
        error.code = ErrorCode::kUnavailable;  // a share that is not mounted now will be
        return Unexpected(std::move(error));
    }
    while (true) {
        const auto slash = key.find('/');
        const std::string part(key.substr(0, slash));
        if (part.empty() || part == "..") {
            return Fail(ErrorCode::kInvalidArgument, "the key is no path inside the bucket's folder");
        }
        const bool last = slash == std::string_view::npos;
        const int how = last ? flags | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY;
        if (auto made = make ? MakeFolder(at.Get(), part) : Result<void>{}; !made) {
            return Unexpected(made.error());
        }
        UniqueFd next(::openat(at.Get(), part.c_str(), how | O_NOFOLLOW | O_CLOEXEC));
        if (!next.IsOpen()) {
            return Unexpected(OpenError(errno, part));
        }
        if (last) {
            return next;
        }
        at = std::move(next);
        key.remove_prefix(slash + 1);
    }
}

Result<void> WriteDurably(int fd, std::string_view bytes) {
    return WriteWhole(fd, bytes, "write").and_then([&]() -> Result<void> {
        return ::fchmod(fd, kMode) == 0 && ::fsync(fd) == 0 ? Result<void>{}
                                                            : Unexpected(SystemError(errno, "write"));
    });
}

/// A file without a name, where the file system has that; else one with the name `temporary`.
Result<UniqueFd> MakeTemporary(int folder, const std::string& temporary, bool& has_name) {
    UniqueFd fd(::openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode));
    has_name = false;
    if (!fd.IsOpen() && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOENT)) {
        has_name = true;
        fd = UniqueFd(::openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
    }
    return fd.IsOpen() ? Result<UniqueFd>(std::move(fd)) : Unexpected(SystemError(errno, "make a file"));
}

}  // namespace

Result<UniqueFd> OpenBeneath(const std::string& folder, std::string_view key, int flags) {
    return OpenEach(folder, key, flags);
}

Result<UniqueFd> OpenFolderOf(const std::string& folder, std::string_view key) {
    const auto slash = key.rfind('/');
    const auto parent = slash == std::string_view::npos ? std::string_view(".") : key.substr(0, slash);
    return OpenEach(folder, parent, O_RDONLY | O_DIRECTORY);
}

Result<UniqueFd> MakeFolderOf(const std::string& folder, std::string_view key) {
    const auto slash = key.rfind('/');
    return slash == std::string_view::npos
               ? OpenEach(folder, ".", O_RDONLY | O_DIRECTORY)
               : OpenEach(folder, key.substr(0, slash), O_RDONLY | O_DIRECTORY, true);
}

Result<void> ReplaceFile(int folder, const std::string& name, std::string_view bytes) {
    const auto temporary = fmt::format(".notifications-{}.tmp", Sha256Hex(name).substr(0, 16));
    ::unlinkat(folder, temporary.c_str(), 0);  // of an earlier crash
    bool has_name = false;
    auto fd = MakeTemporary(folder, temporary, has_name);
    if (!fd) {
        return Unexpected(fd.error());
    }
    auto done = WriteDurably(fd->Get(), bytes);
    const auto unnamed = fmt::format("/proc/self/fd/{}", fd->Get());
    if (done && !has_name &&
        ::linkat(AT_FDCWD, unnamed.c_str(), folder, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        done = Unexpected(SystemError(errno, "name the file"));
    }
    FailPoint("publication_named");
    if (done && ::renameat(folder, temporary.c_str(), folder, name.c_str()) != 0) {
        done = Unexpected(SystemError(errno, "replace the file"));
    }
    if (!done) {
        ::unlinkat(folder, temporary.c_str(), 0);
        return done;
    }
    FailPoint("publication_renamed");
    return ::fsync(folder) == 0 ? Result<void>{} : Unexpected(SystemError(errno, "sync the folder"));
}

Result<void> RemoveFile(const std::string& folder, std::string_view key) {
    const auto slash = key.rfind('/');
    const auto parent = OpenFolderOf(folder, key);
    if (!parent) {
        return parent.error().code == ErrorCode::kNotFound ? Result<void>{} : Unexpected(parent.error());
    }
    const std::string name(key.substr(slash + 1));  // npos + 1 is 0
    if (::unlinkat(parent->Get(), name.c_str(), 0) != 0 && errno != ENOENT) {
        return Unexpected(SystemError(errno, "remove"));
    }
    if (slash == std::string_view::npos) {
        return {};
    }
    const auto lay_in = key.substr(0, slash);
    if (const auto above = OpenFolderOf(folder, lay_in); above) {
        const std::string its_name(lay_in.substr(lay_in.rfind('/') + 1));
        ::unlinkat(above->Get(), its_name.c_str(), AT_REMOVEDIR);  // fails while anything is in it
    }
    return {};
}

}  // namespace notify
