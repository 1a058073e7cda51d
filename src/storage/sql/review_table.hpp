#pragma once

// ReviewRepository in SQL.

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "storage/review_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See ReviewRepository. The connection outlives it.
class ReviewTable final : public ReviewRepository {
public:
    explicit ReviewTable(Connection& connection) : connection_(connection) {}

    [[nodiscard]] Result<std::vector<Proposal>> Proposals(int limit) const override;
    [[nodiscard]] Result<std::int64_t> CountProposals(int most) const override;
    Result<void> Put(const Skip& skip, Timestamp now) override;
    [[nodiscard]] Result<std::set<QuestionId>> SkippedBy(
        std::string_view actor, Timestamp now
    ) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
