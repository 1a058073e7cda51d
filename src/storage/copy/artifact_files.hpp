#pragma once

// Artifacts that are files beside a database, as rows: a database of a server has no files beside it.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"
#include "storage/sql/connection.hpp"

namespace notify::copy {

/// Those that a state names and that are no rows in it.
struct ArtifactFiles {
    std::filesystem::path folder;
    std::vector<std::string> digests;  ///< In order; which are there is not looked at.

    [[nodiscard]] static Result<ArtifactFiles> Of(
        sql::Connection& connection, const std::filesystem::path& folder
    );

    /// Where the artifact with that digest is.
    [[nodiscard]] std::filesystem::path PathOf(const std::string& digest) const;
};

/// A state whose artifacts are all rows. Files that are missing, or too large for a row, are left out.
class WithArtifactFiles final : public RowSource {
public:
    /// Both outlive it.
    WithArtifactFiles(RowSource& rows, const ArtifactFiles& files) : rows_(rows), files_(files) {}

    [[nodiscard]] Result<void> Read(const Table& table, const TakeRow& take) override;

    [[nodiscard]] Result<std::int64_t> LastNumber(const Table& table) override {
        return rows_.LastNumber(table);
    }

private:
    [[nodiscard]] Result<void> Give(const std::string& digest, const TakeRow& take) const;

    RowSource& rows_;
    const ArtifactFiles& files_;
};

}  // namespace notify::copy
