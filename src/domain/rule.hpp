#pragma once

// A rule: which processor, where, on what, with which configuration.

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"

namespace notify {

struct Rule {
    RuleId id;
    BucketId bucket_id;                    ///< Exactly one of bucket_id and source_id is set…
    SourceId source_id;                    ///< … this one for all buckets of a source.
    std::vector<std::string> media_types;  ///< "video/mp4" or "video/*"; empty: all that the processor takes.
    std::string path_glob;                 ///< Over the key (core/glob.hpp); empty: every key.
    std::string processor;                 ///< A name of the processors' registry: "facial-recognition".
    std::string config;                    ///< Canonical JSON.
    std::string config_hash;               ///< Sha256Hex of `config`.
    int priority = 0;                      ///< Higher goes first.
    bool enabled = true;
    std::string biometric_basis;  ///< Why people may be recognised here; needed for biometric processors.
    Timestamp created_at;
    Timestamp changed_at;  ///< Of the last change; created_at when there was none.
};

/// Why an item, or a process of it, was Skipped when no rule takes it.
inline constexpr std::string_view kNoRule = "no_rule";

/// The sentence of kNoRule for an item. `rules`: those of its bucket, disabled ones too.
[[nodiscard]] std::string NoRuleSentence(std::string_view bucket_name, const std::vector<Rule>& rules);

/// A processor chosen for one item, by one or more rules.
struct Choice {
    RuleId rule_id;  ///< The one of highest priority.
    std::string processor;
    std::string config;
    std::string config_hash;
    int priority = 0;
    std::vector<std::string> media_types;  ///< What its rules take together; empty: everything.
};

/// True when the rule is enabled and takes the key.
[[nodiscard]] bool Concerns(const Rule& rule, std::string_view key);

/// True when both choose the same processor with the same configuration for the same keys and media types (in
/// any order) of the same place, whether enabled or not and of whatever priority.
[[nodiscard]] bool ChooseTheSame(const Rule& a, const Rule& b);

/// What the rules choose for an object with that key: one for each (processor, configuration), of highest
/// priority first. Empty when none concerns it.
[[nodiscard]] std::vector<Choice> Choose(const std::vector<Rule>& rules, std::string_view key);

/// True when one of the patterns is the type, or its "kind/*"; or there are none.
[[nodiscard]] bool TakesMediaType(const std::vector<std::string>& patterns, std::string_view media_type);

}  // namespace notify
