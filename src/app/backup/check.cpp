#include "app/backup/check.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "app/backup/copied_file.hpp"
#include "app/backup/manifest.hpp"
#include "app/backup/state_copy.hpp"
#include "app/data_folder.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/copy/artifact_files.hpp"
#include "storage/sql/migrations.hpp"
#include "storage/sqlite/connection.hpp"

namespace notify::backup {

namespace {

Result<void> CheckFile(
    const std::filesystem::path& path, const std::string& sha256, const std::stop_token& stop
) {
    return DigestOf(path, stop).and_then([&](const File& found) {
        return found.sha256 == sha256 ? Result<void>{}
                                      : Fail(
                                            ErrorCode::kInternal,
                                            fmt::format("{} is damaged: its digest is another", path.native())
                                        );
    });
}

Result<void> CheckArtifacts(
    const std::filesystem::path& place, const Manifest& manifest, const std::stop_token& stop
) {
    const auto files = sqlite::Connection::OpenStill(place / kDatabaseFile)
                           .and_then([&](const std::unique_ptr<sqlite::Connection>& database) {
                               return copy::ArtifactFiles::Of(*database, place / kArtifactsFolder);
                           });
    if (!files) {
        return Unexpected(files.error());
    }
    for (const auto& digest : files->digests) {
        const auto& lost = manifest.lost_artifacts;
        auto checked = std::ranges::find(lost, digest) == lost.end()
                           ? CheckFile(files->PathOf(digest), digest, stop)
                           : Result<void>{};
        if (!checked) {
            return checked;
        }
    }
    return {};
}

Result<void> CheckDatabase(const std::filesystem::path& place, const Manifest& manifest) {
    const auto path = place / kDatabaseFile;
    const int known = sql::SqliteMigrations().back().number;
    if (manifest.schema > known) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format(
                "{} has schema version {}, this program knows up to {}; use version {} or a newer one",
                place.native(),
                manifest.schema,
                known,
                manifest.program
            )
        );
    }
    return CheckSoundness(path).and_then([&] { return LookInto(path); }).and_then([&](const State& state) {
        return state.schema == manifest.schema && state.key_id == manifest.key_id &&
                       state.counts == manifest.counts
                   ? Result<void>{}
                   : Fail(
                         ErrorCode::kInternal,
                         fmt::format("{} is not what {} says of it", path.native(), kManifestFile)
                     );
    });
}

}  // namespace

Result<void> CheckKey(const std::filesystem::path& key_file, const Manifest& manifest) {
    const auto box = SecretBox::Open(key_file, MissingKey::kRefuse);
    if (!box) {
        return Unexpected(box.error());
    }
    return box->KeyId() == manifest.key_id ? Result<void>{}
                                           : Fail(
                                                 ErrorCode::kConflict,
                                                 fmt::format(
                                                     "{} holds key {}, but the backup was made with key {}",
                                                     key_file.native(),
                                                     box->KeyId(),
                                                     manifest.key_id
                                                 )
                                             );
}

Result<Manifest> Check(const std::filesystem::path& place, const std::stop_token& stop) {
    auto manifest = ReadManifest(place);
    Result<void> whole = manifest.map([](const Manifest&) {});
    for (std::size_t i = 0; whole && i < manifest->files.size(); ++i) {
        whole = CheckFile(place / manifest->files[i].name, manifest->files[i].sha256, stop);
    }
    whole = whole.and_then([&] { return CheckDatabase(place, *manifest); }).and_then([&] {
        return CheckArtifacts(place, *manifest, stop);
    });
    if (whole && manifest->Find(kKeyFile) != nullptr) {
        whole = CheckKey(place / kKeyFile, *manifest);
    }
    return whole ? std::move(manifest) : Unexpected(whole.error());
}

}  // namespace notify::backup
