#pragma once

// RuleRepository in SQL.

#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"
#include "storage/rule_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See RuleRepository. The connection outlives it.
class RuleTable final : public RuleRepository {
public:
    explicit RuleTable(Connection& connection) : connection_(connection) {}

    Result<void> Add(const Rule& rule) override;
    Result<void> Update(const Rule& rule) override;
    Result<void> Remove(const RuleId& id) override;
    [[nodiscard]] Result<Rule> Get(const RuleId& id) const override;
    [[nodiscard]] Result<std::vector<Rule>> List() const override;
    [[nodiscard]] Result<std::vector<Rule>> OfBucket(const BucketId& id) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
