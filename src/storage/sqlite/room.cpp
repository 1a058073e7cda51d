#include "storage/sqlite/room.hpp"

#include <cerrno>
#include <cstdint>
#include <filesystem>

#include <asm-generic/errno.h>
#include <fcntl.h>

#include "core/file.hpp"

namespace notify::sqlite {

bool HasRoom(const std::filesystem::path& folder, std::int64_t bytes) {
    const auto is_room = [](int error) { return error != ENOSPC && error != EDQUOT && error != EFBIG; };
    const UniqueFd fd(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
    return fd.IsOpen() ? is_room(::posix_fallocate(fd.Get(), 0, bytes)) : is_room(errno);
}

}  // namespace notify::sqlite
