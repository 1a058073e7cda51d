#pragma once

// From what is asked of a rule to a rule that can be stored.

#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/rule.hpp"
#include "http/views_rules.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A rule without id, place and times, with the secrets of its configuration sealed. kInvalidArgument with
/// the JSON pointer: of an unknown processor (the sentence names those available), a configuration that its
/// schema refuses ("/config/fps: …"), a glob or media type that could match nothing, or a processor that
/// recognises people without a biometric_basis.
[[nodiscard]] Result<Rule> RuleFrom(const view::BucketRule& wanted, const SecretBox& box);

/// The same of the rules of a new bucket, of which no two may be the same: pointers begin with "/rules/0".
[[nodiscard]] Result<std::vector<Rule>> RulesFrom(
    const std::vector<view::BucketRule>& wanted, const SecretBox& box
);

/// Changes a rule; what is not given stays, and so does a secret that is given as it is shown. A new
/// processor without a new configuration takes its defaults. kInvalidArgument as above, of the rule as it
/// would be.
[[nodiscard]] Result<void> Apply(const view::RuleChange& change, Rule& rule, const SecretBox& box);

/// kConflict, with its id, when another rule chooses the same for the same (ChooseTheSame).
[[nodiscard]] Result<void> CheckUnlikeOthers(const Snapshot& snapshot, const Rule& rule);

/// With the name of its place, as it is now.
[[nodiscard]] Result<view::RuleView> ShowRule(const Snapshot& snapshot, const Rule& rule);

[[nodiscard]] Result<std::vector<view::RuleView>> ShowRules(
    const Snapshot& snapshot, const std::vector<Rule>& rules
);

}  // namespace notify
