#include "app/data_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/settings.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

Result<void> MakeDataDir(const std::filesystem::path& folder) {
    std::error_code error;
    const bool there = std::filesystem::is_directory(folder, error);
    if (!there && !std::filesystem::create_directories(folder, error)) {
        return Fail(
            ErrorCode::kForbidden,
            fmt::format("DATA_DIR {} cannot be made: {}", folder.native(), error.message())
        );
    }
    if (!there && ::chmod(folder.c_str(), 0700) != 0) {
        return Unexpected(SystemError(errno, fmt::format("protect {}", folder.native())));
    }
    return {};
}

Result<void> CheckData(const Settings& settings) {
    const auto& folder = settings.data_dir;
    // with a database elsewhere, the key of its secrets
    const auto database = folder / (settings.database.host.empty() ? kDatabaseFile : kKeyFile);
    struct stat status{};
    if (::stat(database.c_str(), &status) == 0) {
        return {};
    }
    if (errno != ENOENT && errno != ENOTDIR) {
        return Unexpected(SystemError(errno, fmt::format("look for {}", database.native())));
    }
    return Unexpected(
        Error{
            .code = ErrorCode::kNotFound,
            .stage = "open",
            .reason = std::string(kNoDataYet),
            .retry_after = {},
            .message = fmt::format(
                "there is no data in {}; set DATA_DIR to where the service keeps it, or start the service: "
                "notifications-api serve",
                folder.native()
            )
        }
    );
}

Result<void> CheckDataIsHere(const Settings& settings) {
    const auto& folder = settings.data_dir;
    std::error_code unknown;
    if (std::filesystem::exists(folder / kRestoringFolder, unknown)) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "a restore into {} was cut short; run it again: notifications-api restore BACKUP",
                folder.native()
            )
        );
    }
    if (settings.database.host.empty() && !std::filesystem::exists(folder / kDatabaseFile, unknown) &&
        std::filesystem::exists(folder / kMovedFile, unknown)) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "the state of {} was moved to PostgreSQL: set DATABASE_HOST; to go back to what it was "
                "before "
                "that, rename {} to {}",
                folder.native(),
                kMovedFile,
                kDatabaseFile
            )
        );
    }
    return {};
}

Result<std::vector<UniqueFd>> HoldDataDir(const std::filesystem::path& folder) {
    std::vector<UniqueFd> held;
    for (const auto name : {kLockFile, kNodeFile}) {
        auto lock = LockFile(folder / name);
        if (!lock) {
            return Unexpected(lock.error().Within("stop the service first"));
        }
        held.push_back(*std::move(lock));
    }
    return held;
}

}  // namespace notify
