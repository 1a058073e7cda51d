#include "app/backup/restore.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/backup/check.hpp"
#include "app/backup/copied_file.hpp"
#include "app/backup/manifest.hpp"
#include "app/backup/state_copy.hpp"
#include "app/data_folder.hpp"
#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "people/erasure_log.hpp"
#include "storage/artifact_store.hpp"
#include "storage/copy/artifact_files.hpp"
#include "storage/copy/copy_state.hpp"
#include "storage/postgres/row_store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/row_store.hpp"

namespace notify::backup {

namespace {

namespace fs = std::filesystem;

// may be in a folder that is empty: what a file system puts there, our locks, the key that is kept apart, and
// whom to erase again
constexpr std::array<std::string_view, 5> kIsNothing{
    "lost+found", kLockFile, kNodeFile, kKeyFile, kErasureLogFile
};

Error Failed(const std::error_code& error, std::string_view doing, const fs::path& path) {
    return SystemError(error.value(), fmt::format("{} {}", doing, path.native()));
}

Result<void> CheckIsEmpty(const fs::path& folder) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        if (std::ranges::find(kIsNothing, at->path().filename().native()) == kIsNothing.end()) {
            return Fail(
                ErrorCode::kConflict,
                fmt::format(
                    "{} is not empty (there is {}); a backup is put into an empty DATA_DIR: stop the service "
                    "and "
                    "move what is there away",
                    folder.native(),
                    at->path().filename().native()
                )
            );
        }
    }
    return error ? Unexpected(Failed(error, "look into", folder)) : Result<void>{};
}

/// A key that is there already, or the backup's, is the one that the backup was made with.
Result<void> CheckKeyHere(const fs::path& folder, const Manifest& manifest) {
    const auto path = folder / kKeyFile;
    std::error_code unknown;
    if (!fs::exists(path, unknown)) {
        return manifest.Find(kKeyFile) != nullptr ? Result<void>{}
                                                  : Fail(
                                                        ErrorCode::kNotFound,
                                                        fmt::format(
                                                            "the backup was made without its key; put the "
                                                            "secret.key with id {} into {} first",
                                                            manifest.key_id,
                                                            folder.native()
                                                        )
                                                    );
    }
    return CheckKey(path, manifest);
}

class Restorer {
public:
    Restorer(const Settings& settings, const fs::path& place, const Manifest& manifest, std::stop_token stop)
        : settings_(settings), place_(place), manifest_(manifest), stop_(std::move(stop)) {}

    /// Into the folder `restoring`, whose being there keeps services from starting.
    Result<void> CopyFiles() {
        auto ready = Remove({kRestoringFolder}).and_then([&] { return MakeFolder(new_); });
        for (std::size_t i = 0; ready && i < manifest_.files.size(); ++i) {
            ready = CopyOne(
                place_ / manifest_.files[i].name, new_ / manifest_.files[i].name, manifest_.files[i].sha256
            );
        }
        return ready.and_then([&] { return CopyArtifacts(); }).and_then([&] { return SyncFolders(new_); });
    }

    Result<void> FillPostgres(const Clock& clock, const copy::Progress& progress) {
        auto connection = OpenWithSchema(new_ / kDatabaseFile, clock);
        if (!connection) {
            return Unexpected(connection.error());
        }
        const auto tables = sqlite::TablesOf(**connection);
        const auto files = tables ? copy::ArtifactFiles::Of(**connection, place_ / kArtifactsFolder)
                                  : Unexpected(tables.error());
        auto rows = files ? sqlite::OpenRowStore(*std::move(connection)) : Unexpected(files.error());
        const auto into = rows ? postgres::OpenRowStore(settings_.database, postgres::Access::kWrite, clock)
                               : Unexpected(rows.error());
        if (!into) {
            return Unexpected(into.error());
        }
        copy::WithArtifactFiles from(**rows, *files);
        return copy::CopyState(from, **into, *tables, progress, stop_).and_then([&] {
            return (*into)->Commit();
        });
    }

    /// Nothing was put in place yet.
    void Abandon() { static_cast<void>(Remove({kRestoringFolder})); }

    /// The database last; then the mark of what is not finished goes.
    Result<void> PutInPlace() {
        auto put = Remove(
            {kArtifactsFolder, kFirstKeyFile, kDatabaseFile, "notifications.db-wal", "notifications.db-shm"}
        );
        for (const auto name : {kArtifactsFolder, kFirstKeyFile, kKeyFile, kDatabaseFile}) {
            const bool is_elsewhere = name == kDatabaseFile && !settings_.database.host.empty();
            put = put && !is_elsewhere ? PutOne(name) : put;
            FailPoint("restore_moved");
        }
        return put.and_then(
                      [&] { return SyncFolder(settings_.data_dir); }
        ).and_then([&] {
             return Remove({kRestoringFolder});
         }).and_then([&] { return SyncFolder(settings_.data_dir); });
    }

private:
    static Result<void> MakeFolder(const fs::path& folder) {
        std::error_code error;
        fs::create_directories(folder, error);
        return error ? Unexpected(Failed(error, "make", folder)) : Result<void>{};
    }

    Result<void> Remove(std::initializer_list<std::string_view> names) {
        for (const auto name : names) {
            std::error_code error;
            fs::remove_all(settings_.data_dir / name, error);
            if (error) {
                return Unexpected(Failed(error, "remove", settings_.data_dir / name));
            }
        }
        return {};
    }

    Result<void> CopyOne(const fs::path& from, const fs::path& to, std::string_view sha256) {
        return CopyFile(from, to, stop_).and_then([&](const File& copied) {
            return copied.sha256 == sha256
                       ? Result<void>{}
                       : Fail(
                             ErrorCode::kInternal,
                             fmt::format("{} was changed while it was read", from.native())
                         );
        });
    }

    /// All of them, or beside PostgreSQL those that are too large for it.
    Result<void> CopyArtifacts() {
        const auto files = sqlite::Connection::OpenStill(place_ / kDatabaseFile)
                               .and_then([&](const std::unique_ptr<sqlite::Connection>& copy) {
                                   return copy::ArtifactFiles::Of(*copy, place_ / kArtifactsFolder);
                               });
        if (!files) {
            return Unexpected(files.error());
        }
        const copy::ArtifactFiles here{.folder = new_ / kArtifactsFolder, .digests = {}};
        auto copied = MakeFolder(here.folder);
        for (std::size_t i = 0; copied && i < files->digests.size(); ++i) {
            const auto from = files->PathOf(files->digests[i]);
            std::error_code lost;
            const auto size = fs::file_size(from, lost);
            const bool is_row = !settings_.database.host.empty() && size <= ArtifactStore::kMostBytesOfARow;
            if (lost || is_row) {
                continue;
            }
            const auto to = here.PathOf(files->digests[i]);
            copied =
                MakeFolder(to.parent_path()).and_then([&] { return CopyOne(from, to, files->digests[i]); });
        }
        return copied;
    }

    Result<void> PutOne(std::string_view name) {
        std::error_code error;
        fs::rename(new_ / name, settings_.data_dir / name, error);
        return error && error != std::errc::no_such_file_or_directory
                   ? Unexpected(Failed(error, "make", settings_.data_dir / name))
                   : Result<void>{};
    }

    const Settings& settings_;
    const fs::path& place_;
    const Manifest& manifest_;
    const std::stop_token stop_;
    const fs::path new_ = settings_.data_dir / kRestoringFolder;
};

}  // namespace

Result<Manifest> Restore(
    const Settings& settings,
    const fs::path& place,
    const Clock& clock,
    const copy::Progress& progress,
    const std::stop_token& stop
) {
    auto manifest = Check(place, stop);
    if (!manifest) {
        return manifest;
    }
    std::error_code unknown;
    const bool was_cut_short = fs::exists(settings.data_dir / kRestoringFolder, unknown);
    const auto held =
        MakeDataDir(settings.data_dir)
            .and_then([&] { return was_cut_short ? Result<void>{} : CheckIsEmpty(settings.data_dir); })
            .and_then([&] { return CheckKeyHere(settings.data_dir, *manifest); })
            .and_then([&] { return HoldDataDir(settings.data_dir); });
    if (!held) {
        return Unexpected(held.error());
    }
    Restorer restorer(settings, place, *manifest, stop);
    auto copied = restorer.CopyFiles();
    FailPoint("restore_copied");
    if (!settings.database.host.empty()) {
        copied = copied.and_then([&] { return restorer.FillPostgres(clock, progress); });
    }
    if (!copied && !was_cut_short) {
        restorer.Abandon();
    }
    return copied.and_then([&] { return restorer.PutInPlace(); }).map([&] { return *std::move(manifest); });
}

}  // namespace notify::backup
