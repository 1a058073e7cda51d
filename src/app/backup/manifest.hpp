#pragma once

// What a backup says of itself: BACKUP/manifest.json, written last.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify::backup {

inline constexpr std::string_view kManifestFile = "manifest.json";

struct File {
    std::string name;
    std::uint64_t size_bytes = 0;
    std::string sha256;
};

/// How much a state holds, for people.
struct Counts {
    std::int64_t items = 0;
    std::int64_t processes = 0;
    std::int64_t results = 0;
    std::int64_t people = 0;

    friend bool operator==(const Counts&, const Counts&) = default;
};

struct Manifest {
    std::string program;  ///< The version that made it.
    int schema = 0;       ///< Of the database in it, which is SQLite whatever it was copied from.
    Timestamp made_at;
    std::string key_id;       ///< Of the key that opens what is sealed in it.
    std::vector<File> files;  ///< All but the artifacts, whose names are their sha-256.
    std::int64_t artifact_files = 0;
    std::vector<std::string> lost_artifacts;  ///< Were missing or damaged when it was made.
    Counts counts;

    /// Null when it has none of that name.
    [[nodiscard]] const File* Find(std::string_view name) const;
};

[[nodiscard]] std::string ToText(const Manifest& manifest);

/// Reads the manifest of the backup. kNotFound: the folder is no backup, or one that was not finished;
/// kInvalidArgument: it is damaged; kConflict: a newer program made it.
[[nodiscard]] Result<Manifest> ReadManifest(const std::filesystem::path& place);

}  // namespace notify::backup
