#include "domain/rule.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "core/glob.hpp"

namespace notify {

namespace {

/// Adds to a choice what another rule for the same takes.
void Widen(std::vector<std::string>& types, const std::vector<std::string>& more) {
    if (types.empty() || more.empty()) {
        types.clear();
        return;
    }
    for (const auto& type : more) {
        if (std::ranges::find(types, type) == types.end()) {
            types.push_back(type);
        }
    }
}

}  // namespace

bool Concerns(const Rule& rule, std::string_view key) {
    return rule.enabled && (rule.path_glob.empty() || MatchesGlob(rule.path_glob, key));
}

bool ChooseTheSame(const Rule& a, const Rule& b) {
    const auto what = [](const Rule& rule) {
        return std::tie(rule.bucket_id, rule.source_id, rule.processor, rule.config_hash, rule.path_glob);
    };
    const std::set<std::string> types_of_a(a.media_types.begin(), a.media_types.end());
    const std::set<std::string> types_of_b(b.media_types.begin(), b.media_types.end());
    return what(a) == what(b) && types_of_a == types_of_b;
}

std::vector<Choice> Choose(const std::vector<Rule>& rules, std::string_view key) {
    std::vector<Choice> chosen;
    for (const auto& rule : rules) {
        if (!Concerns(rule, key)) {
            continue;
        }
        const auto same = std::ranges::find_if(chosen, [&](const Choice& choice) {
            return choice.processor == rule.processor && choice.config_hash == rule.config_hash;
        });
        if (same == chosen.end()) {
            chosen.push_back(
                {.rule_id = rule.id,
                 .processor = rule.processor,
                 .config = rule.config,
                 .config_hash = rule.config_hash,
                 .priority = rule.priority,
                 .media_types = rule.media_types}
            );
            continue;
        }
        Widen(same->media_types, rule.media_types);
        if (rule.priority > same->priority) {
            same->priority = rule.priority;
            same->rule_id = rule.id;
        }
    }
    std::ranges::stable_sort(chosen, std::greater{}, &Choice::priority);
    return chosen;
}

std::string NoRuleSentence(std::string_view bucket_name, const std::vector<Rule>& rules) {
    if (rules.empty()) {
        return fmt::format("bucket '{}' has no rule that chooses a processor", bucket_name);
    }
    return std::ranges::none_of(rules, &Rule::enabled)
               ? fmt::format("all rules of bucket '{}' are disabled", bucket_name)
               : fmt::format("no rule of bucket '{}' takes this path", bucket_name);
}

bool TakesMediaType(const std::vector<std::string>& patterns, std::string_view media_type) {
    const auto takes = [&](std::string_view pattern) {
        const auto prefix = pattern.substr(0, pattern.find('*'));
        return prefix.ends_with('/') ? media_type.starts_with(prefix) : media_type == pattern;
    };
    return patterns.empty() || std::ranges::any_of(patterns, takes);
}

}  // namespace notify
