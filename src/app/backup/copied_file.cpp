#include "app/backup/copied_file.hpp"

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "app/backup/manifest.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"

namespace notify::backup {

namespace {

constexpr std::size_t kPiece = 1U << 20U;

/// Reads the file to its end and gives each piece away.
Result<File> ReadThrough(
    const std::filesystem::path& path,
    const std::stop_token& stop,
    const std::function<Result<void>(std::string_view)>& take
) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.IsOpen()) {
        return Unexpected(SystemError(errno, fmt::format("open {}", path.native())));
    }
    File file{.name = path.filename()};
    Sha256 digest;
    std::string piece(kPiece, '\0');
    while (!stop.stop_requested()) {
        const auto got = ::read(fd.Get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return Unexpected(SystemError(errno, fmt::format("read {}", path.native())));
        }
        if (got == 0) {
            file.sha256 = digest.FinishHex();
            return file;
        }
        const auto bytes = std::string_view(piece).substr(0, static_cast<std::size_t>(got));
        digest.Add(bytes);
        file.size_bytes += bytes.size();
        if (auto taken = take(bytes); !taken) {
            return Unexpected(taken.error());
        }
    }
    return Fail(ErrorCode::kStopped, fmt::format("stopped while {} was read", path.native()));
}

}  // namespace

Result<File> CopyFile(
    const std::filesystem::path& from, const std::filesystem::path& to, const std::stop_token& stop
) {
    const auto doing = fmt::format("write {}", to.native());
    UniqueFd fd;
    const auto open = [&]() -> Result<void> {
        fd = UniqueFd(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        return fd.IsOpen() ? Result<void>{} : Unexpected(SystemError(errno, doing));
    };
    // opened with the first piece: of a file that is missing nothing is left
    return ReadThrough(
               from, stop, [&](std::string_view bytes) {
                   return (fd.IsOpen() ? Result<void>{} : open()).and_then([&] {
                       return WriteWhole(fd.Get(), bytes, doing);
                   });
               }
    ).and_then([&](const File& file) -> Result<File> {
        if (auto opened = fd.IsOpen() ? Result<void>{} : open(); !opened) {
            return Unexpected(opened.error());
        }
        return ::fsync(fd.Get()) == 0 ? Result<File>(file) : Unexpected(SystemError(errno, doing));
    });
}

Result<File> DigestOf(const std::filesystem::path& path, const std::stop_token& stop) {
    return ReadThrough(path, stop, [](std::string_view) { return Result<void>{}; });
}

Result<void> SyncFolders(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator at(folder, error);
    for (; !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
        if (!at->is_directory()) {
            continue;
        }
        if (auto synced = SyncFolder(at->path()); !synced) {
            return synced;
        }
    }
    return error ? Unexpected(SystemError(error.value(), fmt::format("look through {}", folder.native())))
                 : SyncFolder(folder);
}

}  // namespace notify::backup
