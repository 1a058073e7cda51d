#include "queue/spool.hpp"

#include <cerrno>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/types.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "queue/item_bytes.hpp"

namespace notify {

/// A file without a name that has its room already; closed when that cannot be.
UniqueFd Spool::Reserve(std::uint64_t size) {
    const std::scoped_lock lock(reserving_);
    struct statvfs disk{};
    if (size > settings_.most_bytes || ::statvfs(settings_.folder.c_str(), &disk) != 0 ||
        std::uint64_t{disk.f_bavail} * disk.f_frsize < size + settings_.reserve_bytes) {
        return {};
    }
    UniqueFd file(::open(settings_.folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    // a file system that cannot reserve takes the bytes as they come
    if (file.IsOpen() && size > 0 && ::fallocate(file.Get(), 0, 0, static_cast<off_t>(size)) != 0 &&
        errno != EOPNOTSUPP) {
        return {};
    }
    return file;
}

Result<std::optional<Spooled>> Spool::Take(ByteSource& bytes, const Reading& reading) {
    auto file = Reserve(bytes.Size());
    if (!file.IsOpen()) {
        return std::nullopt;
    }
    Sha256 hash;
    std::uint64_t taken = 0;
    const auto read = ReadInOrder(bytes, 0, reading, [&](std::string_view piece) {
        hash.Add(piece);
        taken += piece.size();
        return WriteWhole(file.Get(), piece, "spool an object");
    });
    if (!read) {
        return Unexpected(read.error());
    }
    if (taken != bytes.Size()) {
        return Fail(ErrorCode::kUnavailable, "the store sent fewer bytes than the object has");
    }
    // the job must not be able to write to it
    UniqueFd readable(
        ::open(fmt::format("/proc/self/fd/{}", file.Get()).c_str(), O_RDONLY | O_CLOEXEC)  // NOLINT
    );
    if (!readable.IsOpen()) {
        return Unexpected(SystemError(errno, "open a spooled object"));
    }
    return Spooled{.descriptor = std::move(readable), .sha256 = hash.FinishHex()};
}

}  // namespace notify
