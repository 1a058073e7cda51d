#pragma once

#include <cstdint>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

class ErasureTable final : public ErasureRepository {
public:
    explicit ErasureTable(Connection& connection) : connection_(connection) {}

    [[nodiscard]] Result<std::vector<TrackId>> FacesOf(const std::vector<PersonId>& people) const override;
    [[nodiscard]] Result<std::int64_t> CountItems(const std::vector<PersonId>& people) const override;
    Result<int> EmptyFaces(const std::vector<TrackId>& tracks, const EditId& erasure) override;
    [[nodiscard]] Result<std::vector<AgedFace>> Faces(std::int64_t after, int limit) const override;
    Result<void> Add(const Erasure& erasure) override;
    [[nodiscard]] Result<std::vector<Erasure>> List() const override;
    [[nodiscard]] Result<bool> HasOpen() const override;
    [[nodiscard]] Result<std::vector<ResultId>> WantedEmptied(int limit) const override;
    Result<void> Emptied(const ResultId& result) override;
    Result<int> End(Timestamp now) override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
