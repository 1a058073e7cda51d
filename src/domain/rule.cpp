#include "domain/rule.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

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

bool TakesMediaType(const std::vector<std::string>& patterns, std::string_view media_type) {
    const auto takes = [&](std::string_view pattern) {
        return pattern.ends_with("/*") ? media_type.starts_with(pattern.substr(0, pattern.size() - 1))
                                       : media_type == pattern;
    };
    return patterns.empty() || std::ranges::any_of(patterns, takes);
}

}  // namespace notify
