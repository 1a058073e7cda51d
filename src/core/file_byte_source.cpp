#include "core/file_byte_source.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

Result<FileByteSource> FileByteSource::Make(UniqueFd fd) {
    struct stat status{};
    if (::fstat(fd.Get(), &status) != 0) {
        return Unexpected(SystemError(errno, "look at an open file"));
    }
    if (!S_ISREG(status.st_mode)) {
        return Fail(ErrorCode::kInvalidArgument, "not a regular file");
    }
    return FileByteSource(std::move(fd), static_cast<std::uint64_t>(status.st_size));
}

Result<std::size_t> FileByteSource::ReadAt(std::uint64_t offset, std::span<std::byte> into) {
    std::size_t got = 0;
    while (got < into.size()) {
        const auto part = into.subspan(got);
        const auto count = ::pread(fd_.Get(), part.data(), part.size(), static_cast<off_t>(offset + got));
        if (count == 0) {
            break;
        }
        if (count < 0 && errno != EINTR) {
            return Unexpected(SystemError(errno, "read an open file"));
        }
        got += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    return got;
}

}  // namespace notify
