#include "app/backup/manifest.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "app/data_folder.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace notify::backup {

namespace {

namespace json = boost::json;

constexpr std::int64_t kFormat = 1;

std::string TextOf(const json::value& value) {
    return std::string(value.as_string());
}

/// One of those that a backup has: never a path that leads out of it.
std::string NameOf(const json::value& file) {
    auto name = TextOf(file.at("name"));
    if (name != kDatabaseFile && name != kKeyFile && name != kFirstKeyFile) {
        throw std::invalid_argument(name);
    }
    return name;
}

/// Throws what Boost.JSON throws for a member that is missing or of another type.
Manifest FromJson(const json::value& read) {
    const auto& counts = read.at("counts");
    Manifest manifest{
        .program = TextOf(read.at("program")),
        .schema = read.at("schema").to_number<int>(),
        .made_at = FromRfc3339(TextOf(read.at("made_at"))).value(),
        .key_id = TextOf(read.at("key_id")),
        .artifact_files = read.at("artifact_files").to_number<std::int64_t>(),
        .counts = {
            .items = counts.at("items").to_number<std::int64_t>(),
            .processes = counts.at("processes").to_number<std::int64_t>(),
            .results = counts.at("results").to_number<std::int64_t>(),
            .people = counts.at("people").to_number<std::int64_t>()
        }
    };
    for (const auto& file : read.at("files").as_array()) {
        manifest.files.push_back(
            {.name = NameOf(file),
             .size_bytes = file.at("size_bytes").to_number<std::uint64_t>(),
             .sha256 = TextOf(file.at("sha256"))}
        );
    }
    for (const auto& digest : read.at("lost_artifacts").as_array()) {
        manifest.lost_artifacts.push_back(TextOf(digest));
    }
    if (manifest.Find(kDatabaseFile) == nullptr) {
        throw std::invalid_argument("no database");
    }
    return manifest;
}

}  // namespace

const File* Manifest::Find(std::string_view name) const {
    const auto found = std::ranges::find(files, name, &File::name);
    return found == files.end() ? nullptr : &*found;
}

std::string ToText(const Manifest& manifest) {
    json::array files;
    for (const auto& file : manifest.files) {
        files.push_back({{"name", file.name}, {"size_bytes", file.size_bytes}, {"sha256", file.sha256}});
    }
    return ToJsonText(
               {{"format", kFormat},
                {"program", manifest.program},
                {"schema", manifest.schema},
                {"made_at", ToRfc3339(manifest.made_at)},
                {"key_id", manifest.key_id},
                {"files", std::move(files)},
                {"artifact_files", manifest.artifact_files},
                {"lost_artifacts",
                 json::array(manifest.lost_artifacts.begin(), manifest.lost_artifacts.end())},
                {"counts",
                 {{"items", manifest.counts.items},
                  {"processes", manifest.counts.processes},
                  {"results", manifest.counts.results},
                  {"people", manifest.counts.people}}}}
           ) +
           "\n";
}

Result<Manifest> ReadManifest(const std::filesystem::path& place) {
    const auto path = place / kManifestFile;
    const auto text = ReadFile(path);
    if (!text) {
        return text.error().code == ErrorCode::kNotFound
                   ? Fail(
                         ErrorCode::kNotFound,
                         fmt::format(
                             "{} is no backup, or was not finished: it has no {}",
                             place.native(),
                             kManifestFile
                         )
                     )
                   : Unexpected(text.error());
    }
    const auto read = ParseJson(*text);
    if (!read) {
        return Unexpected(read.error().Within(path.native()));
    }
    try {
        if (const auto format = read->at("format").to_number<std::int64_t>(); format > kFormat) {
            return Fail(
                ErrorCode::kConflict,
                fmt::format(
                    "{} has format {}, this program knows up to {}; use a newer program",
                    place.native(),
                    format,
                    kFormat
                )
            );
        }
        return FromJson(*read);
    } catch (const std::exception&) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("{} is damaged: it is no manifest", path.native())
        );
    }
}

}  // namespace notify::backup
