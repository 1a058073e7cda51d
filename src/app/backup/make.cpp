#include "app/backup/make.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/stat.h>

#include "app/backup/check.hpp"
#include "app/backup/copied_file.hpp"
#include "app/backup/manifest.hpp"
#include "app/backup/state_copy.hpp"
#include "app/data_folder.hpp"
#include "app/settings.hpp"
#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/file.hpp"
#include "core/random.hpp"
#include "core/result.hpp"
#include "http/version.hpp"
#include "storage/copy/artifact_files.hpp"
#include "storage/copy/copy_state.hpp"
#include "storage/postgres/row_store.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/row_store.hpp"

namespace notify::backup {

namespace {

// what was removed while it was copied is not named by a copy that is made a moment later
constexpr int kTries = 3;

Result<void> MakeFolder(const std::filesystem::path& folder) {
    return ::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST
               ? Result<void>{}
               : Unexpected(SystemError(errno, fmt::format("make {}", folder.native())));
}

/// A folder that is removed with all that is in it, unless it was finished.
class PartFolder final {
public:
    explicit PartFolder(std::filesystem::path place)
        : place_(std::move(place)),
          path_(fmt::format("{}.{}.part", place_.native(), ToHex(RandomBytes(4)))) {}

    ~PartFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    PartFolder(const PartFolder&) = delete;
    PartFolder& operator=(const PartFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& Path() const noexcept { return path_; }

    Result<void> Finish() {
        const auto parent = std::filesystem::absolute(place_).parent_path();
        return SyncFolders(path_)
            .and_then([&]() -> Result<void> {
                std::error_code error;
                std::filesystem::rename(path_, place_, error);
                return error ? Unexpected(SystemError(error.value(), fmt::format("make {}", place_.native())))
                             : Result<void>{};
            })
            .and_then([&] { return SyncFolder(parent); });
    }

private:
    const std::filesystem::path place_;
    const std::filesystem::path path_;
};

class Maker {
public:
    Maker(
        const Settings& settings,
        const std::filesystem::path& folder,
        const Clock& clock,
        std::stop_token stop
    )
        : settings_(settings), folder_(folder), clock_(clock), stop_(std::move(stop)) {}

    Result<Manifest> Run(Keys keys) {
        auto copied = CopyState();
        copied = copied.and_then([&] { return keys == Keys::kWith ? CopyKeys() : Result<void>{}; });
        copied = copied.and_then([&] { return Describe(); });
        copied = copied.and_then([&] {
            return keys == Keys::kWith ? CheckKey(folder_ / kKeyFile, manifest_) : Result<void>{};
        });
        copied = copied.and_then([&] {
            return WriteFileAtomically(folder_ / kManifestFile, ToText(manifest_), 0600);
        });
        return copied.map([&] { return std::move(manifest_); });
    }

private:
    Result<void> CopyState() {
        Result<void> copied;
        for (int tries = 0; copied && (tries == 0 || (tries < kTries && !manifest_.lost_artifacts.empty()));
             ++tries) {
            copied = CopyDatabase().and_then([&] { return CopyArtifacts(); });
        }
        return copied;
    }

    Result<void> CopyDatabase() {
        const auto path = folder_ / kDatabaseFile;
        std::error_code ignored;
        std::filesystem::remove(path, ignored);  // of the try before
        manifest_.made_at = clock_.Now();
        auto copied = settings_.database.host.empty() ? CopySqlite(path) : CopyPostgres(path);
        FailPoint("backup_database");
        return copied;
    }

    Result<void> CopySqlite(const std::filesystem::path& path) {
        return sqlite::Connection::Open(settings_.data_dir / kDatabaseFile, sqlite::Access::kRead)
            .and_then([&](const std::unique_ptr<sqlite::Connection>& from) {
                return from->CopyTo(path, stop_);
            });
    }

    Result<void> CopyPostgres(const std::filesystem::path& path) {
        const auto from = postgres::OpenRowStore(settings_.database, postgres::Access::kRead, clock_);
        auto made = from ? OpenWithSchema(path, clock_) : Unexpected(from.error());
        if (!made) {
            return Unexpected(made.error());
        }
        const auto tables = sqlite::TablesOf(**made);
        const auto into = tables ? sqlite::OpenRowStore(*std::move(made)) : Unexpected(tables.error());
        if (!into) {
            return Unexpected(into.error());
        }
        return copy::CopyState(
                   **from, **into, *tables, [](std::string_view, std::int64_t) {}, stop_
        )
            .and_then([&] { return (*into)->Commit(); });
    }

    Result<void> CopyArtifacts() {
        manifest_.lost_artifacts.clear();
        const auto files =
            sqlite::Connection::OpenStill(folder_ / kDatabaseFile)
                .and_then([&](const std::unique_ptr<sqlite::Connection>& copy) {
                    return copy::ArtifactFiles::Of(*copy, settings_.data_dir / kArtifactsFolder);
                });
        auto copied = files ? MakeFolder(folder_ / kArtifactsFolder) : Unexpected(files.error());
        for (std::size_t i = 0; copied && i < files->digests.size(); ++i) {
            copied = CopyArtifact(*files, files->digests[i]);
        }
        manifest_.artifact_files =
            files ? static_cast<std::int64_t>(files->digests.size() - manifest_.lost_artifacts.size()) : 0;
        return copied;
    }

    Result<void> CopyArtifact(const copy::ArtifactFiles& files, const std::string& digest) {
        const auto to =
            copy::ArtifactFiles{.folder = folder_ / kArtifactsFolder, .digests = {}}.PathOf(digest);
        std::error_code ignored;
        if (std::filesystem::exists(to, ignored)) {
            return {};  // by the try before
        }
        if (auto made = MakeFolder(to.parent_path()); !made) {
            return made;
        }
        const auto copied = CopyFile(files.PathOf(digest), to, stop_);
        if (copied && copied->sha256 == digest) {
            FailPoint("backup_artifact");
            return {};
        }
        if (!copied && copied.error().code != ErrorCode::kNotFound) {
            return Unexpected(copied.error());
        }
        std::filesystem::remove(to, ignored);
        manifest_.lost_artifacts.push_back(digest);
        return {};
    }

    Result<void> CopyKeys() {
        for (const auto name : {kKeyFile, kFirstKeyFile}) {
            const auto copied = CopyFile(settings_.data_dir / name, folder_ / name, stop_);
            if (!copied && (name == kKeyFile || copied.error().code != ErrorCode::kNotFound)) {
                return Unexpected(copied.error());
            }
            if (copied) {
                manifest_.files.push_back(*copied);
            }
        }
        return {};
    }

    Result<void> Describe() {
        manifest_.program = kVersion;
        return LookInto(folder_ / kDatabaseFile)
            .and_then([&](State state) {
                manifest_.schema = state.schema;
                manifest_.key_id = std::move(state.key_id);
                manifest_.counts = state.counts;
                return DigestOf(folder_ / kDatabaseFile, stop_);
            })
            .map([&](File database) { manifest_.files.push_back(std::move(database)); });
    }

    const Settings& settings_;
    const std::filesystem::path& folder_;
    const Clock& clock_;
    const std::stop_token stop_;
    Manifest manifest_;
};

}  // namespace

Result<Manifest> Make(
    const Settings& settings,
    const std::filesystem::path& place,
    Keys keys,
    const Clock& clock,
    const std::stop_token& stop
) {
    const auto named = place.has_filename() ? place : place.parent_path();  // "folder/"
    if (auto there = CheckDataIsHere(settings).and_then([&] { return CheckData(settings); }); !there) {
        return Unexpected(there.error());
    }
    std::error_code unknown;
    if (std::filesystem::exists(named, unknown)) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format("{} is there already; name a folder that is not", named.native())
        );
    }
    PartFolder part(named);
    auto made =
        MakeFolder(part.Path()).and_then([&] { return Maker(settings, part.Path(), clock, stop).Run(keys); });
    if (!made) {
        return Unexpected(made.error().Within(fmt::format("backup to {}", named.native())));
    }
    return part.Finish().map([&] { return *std::move(made); });
}

}  // namespace notify::backup
