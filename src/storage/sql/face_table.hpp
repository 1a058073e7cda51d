#pragma once

// FaceRepository in SQL.

#include <cstdint>
#include <utility>
#include <vector>

#include "core/secret_box.hpp"
#include "storage/face_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See FaceRepository. Connection and box outlive it.
class FaceTable final : public FaceRepository {
public:
    FaceTable(Connection& connection, const SecretBox& box) : connection_(connection), box_(box) {}

    [[nodiscard]] Result<std::int64_t> LastSequence() const override;
    [[nodiscard]] Result<std::vector<FaceNews>> Stored(std::int64_t after, int limit) const override;
    [[nodiscard]] Result<std::vector<FaceNews>> After(std::int64_t sequence, int limit) const override;
    [[nodiscard]] Result<std::vector<SeenFace>> Seen(const std::vector<std::int64_t>& faces) const override;
    [[nodiscard]] Result<std::vector<SeenFace>> SeenIn(const ResultId& result) const override;
    [[nodiscard]] Result<std::vector<SeenFace>> SaidToBe(const PersonId& person, int limit) const override;
    [[nodiscard]] Result<std::vector<FaceForPhoto>> ForPhotos(int limit) const override;
    [[nodiscard]] Result<std::int64_t> CountKept(const PersonId& root) const override;
    [[nodiscard]] Result<std::vector<std::pair<PersonId, std::int64_t>>> WithoutName(
        int limit
    ) const override;
    [[nodiscard]] Result<std::vector<std::pair<std::int64_t, ItemId>>> ItemsOf(
        const std::vector<std::int64_t>& faces
    ) const override;
    [[nodiscard]] Result<ComparedWith> Compared() const override;
    Result<void> SetCompared(const ComparedWith& with) override;
    [[nodiscard]] Result<std::int64_t> GroupedUpTo() const override;
    Result<void> SetGroupedUpTo(std::int64_t face) override;

private:
    [[nodiscard]] Result<std::int64_t> Number(const char* sql) const;

    Connection& connection_;
    const SecretBox& box_;
};

}  // namespace notify::sql
