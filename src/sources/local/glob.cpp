#include "sources/local/glob.hpp"

#include <algorithm>

namespace notify {

namespace {

/// Matches from the left; of several stars only the last is ever tried again, so that time is pattern × key
/// at worst.
bool Matches(std::string_view pattern, std::string_view key) {
    std::size_t p = 0;
    std::size_t k = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_key = 0;
    std::size_t deep_star = std::string_view::npos;
    std::size_t deep_key = 0;
    while (k < key.size()) {
        if (p < pattern.size() && pattern.substr(p).starts_with("**")) {
            deep_star = p += 2;
            deep_key = k;
            star = std::string_view::npos;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = ++p;
            star_key = k;
        } else if (p < pattern.size() && (pattern[p] == '?' ? key[k] != '/' : pattern[p] == key[k])) {
            ++p;
            ++k;
        } else if (star != std::string_view::npos && key[star_key] != '/') {
            p = star;
            k = ++star_key;
        } else if (deep_star != std::string_view::npos) {
            p = deep_star;
            k = ++deep_key;
            star = std::string_view::npos;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

}  // namespace

bool MatchesGlob(std::string_view pattern, std::string_view key) {
    if (pattern.find('/') == std::string_view::npos && pattern.find("**") == std::string_view::npos) {
        key = key.substr(key.rfind('/') + 1);
    }
    if (pattern.starts_with("**/") && Matches(pattern.substr(3), key)) {
        return true;
    }
    return Matches(pattern, key);
}

bool PassesGlobs(
    const std::vector<std::string>& include, const std::vector<std::string>& exclude, std::string_view key
) {
    const auto matches = [&](const std::string& pattern) { return MatchesGlob(pattern, key); };
    return (include.empty() || std::ranges::any_of(include, matches)) &&
           std::ranges::none_of(exclude, matches);
}

}  // namespace notify
