#include "storage/copy/artifact_files.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/file.hpp"
#include "core/result.hpp"
#include "storage/artifact_store.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"
#include "storage/sql/connection.hpp"

namespace notify::copy {

namespace {

constexpr const char* kNamedSql = R"sql(
    SELECT sha256 FROM (SELECT sha256 FROM result_artifact UNION SELECT crop_sha256 AS sha256 FROM enrolment_photo) named
    WHERE length(sha256) = 64 AND NOT EXISTS (SELECT 1 FROM artifact_row r WHERE r.sha256 = named.sha256)
    ORDER BY sha256)sql";

// the row is as old as can be: that counts only for one that nothing names
constexpr std::string_view kCreatedAt("\0\0\0\0\0\0\0\0", 8);

}  // namespace

Result<ArtifactFiles> ArtifactFiles::Of(sql::Connection& connection, const std::filesystem::path& folder) {
    return connection.Select(
                         kNamedSql, [](sql::Row& row) { return row.Text(); }
    ).map([&](std::vector<std::string> digests) {
        return ArtifactFiles{.folder = folder, .digests = std::move(digests)};
    });
}

std::filesystem::path ArtifactFiles::PathOf(const std::string& digest) const {
    return folder / digest.substr(0, 2) / digest.substr(2);
}

Result<void> WithArtifactFiles::Read(const Table& table, const TakeRow& take) {
    if (table.name != "artifact_row") {
        return rows_.Read(table, take);
    }
    auto next = files_.digests.begin();
    const auto give_before = [&](std::string_view digest) {
        Result<void> given;
        while (given && next != files_.digests.end() && (digest.empty() || *next < digest)) {
            given = Give(*next++, take);
        }
        return given;
    };
    return rows_
        .Read(
            table,
            [&](std::string_view row) {
                const auto fields = FieldsOf(row);
                return give_before(fields.front().value_or("")).and_then([&] { return take(row); });
            }
        )
        .and_then([&] { return give_before({}); });
}

Result<void> WithArtifactFiles::Give(const std::string& digest, const TakeRow& take) const {
    const auto path = files_.PathOf(digest);
    std::error_code missing;
    const auto size = std::filesystem::file_size(path, missing);
    if (missing || size > ArtifactStore::kMostBytesOfARow) {
        return {};
    }
    return ReadFile(path, ArtifactStore::kMostBytesOfARow).and_then([&](const std::string& bytes) {
        return take(RowOf({digest, bytes, kCreatedAt}));
    });
}

}  // namespace notify::copy
