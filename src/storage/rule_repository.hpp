#pragma once

// Rules.

#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/rule.hpp"

namespace notify {

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class RuleRepository {
public:
    RuleRepository() = default;
    RuleRepository(const RuleRepository&) = delete;
    RuleRepository& operator=(const RuleRepository&) = delete;
    virtual ~RuleRepository() = default;

    /// kNotFound when there is no such bucket or source.
    virtual Result<void> Add(const Rule& rule) = 0;

    /// Replaces all but its place and created_at. kNotFound.
    virtual Result<void> Update(const Rule& rule) = 0;

    /// Its processes stay. kNotFound.
    virtual Result<void> Remove(const RuleId& id) = 0;

    /// kNotFound with the id in the sentence.
    [[nodiscard]] virtual Result<Rule> Get(const RuleId& id) const = 0;

    /// All, of highest priority first, then oldest first.
    [[nodiscard]] virtual Result<std::vector<Rule>> List() const = 0;

    /// Those of the bucket and of its source, enabled or not, in the same order.
    [[nodiscard]] virtual Result<std::vector<Rule>> OfBucket(const BucketId& id) const = 0;
};

}  // namespace notify
