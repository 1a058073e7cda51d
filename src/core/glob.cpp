#include "core/glob.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

/// Where to go on when the bytes after a star do not match: the star then takes one byte more.
struct Star {
    std::size_t after = std::string_view::npos;  ///< Of the pattern; npos when there was no such star.
    std::size_t key = 0;

    [[nodiscard]] bool IsSet() const { return after != std::string_view::npos; }
};

/// Matches from the left. Of several stars only the last of each sort is ever tried again, so that the time
/// is pattern × key at worst.
class Matcher {
public:
    Matcher(std::string_view pattern, std::string_view key) : pattern_(pattern), key_(key) {}

    bool Run() {
        while (k_ < key_.size()) {
            if (!Step() && !Retry()) {
                return false;
            }
        }
        while (TakeStar()) {
        }
        return p_ == pattern_.size();
    }

private:
    /// Goes one token on; false when the pattern does not match here.
    bool Step() {
        if (TakeStar()) {
            return true;
        }
        if (p_ == pattern_.size()) {
            return false;
        }
        const bool same = pattern_[p_] == '?' ? key_[k_] != '/' : pattern_[p_] == key_[k_];
        p_ += same ? 1 : 0;
        k_ += same ? 1 : 0;
        return same;
    }

    bool TakeStar() {
        const auto rest = pattern_.substr(p_);
        if (!rest.starts_with('*')) {
            return false;
        }
        if (!rest.starts_with("**")) {
            star_ = {.after = ++p_, .key = k_};
            return true;
        }
        // "**/" stands for any number of folders, none too
        whole_folders_ = rest.starts_with("**/") && (p_ == 0 || pattern_[p_ - 1] == '/');
        p_ += whole_folders_ ? 3 : 2;
        deep_ = {.after = p_, .key = k_};
        star_ = {};
        return true;
    }

    bool Retry() {
        if (star_.IsSet() && key_[star_.key] != '/') {
            p_ = star_.after;
            k_ = ++star_.key;
            return true;
        }
        if (!deep_.IsSet()) {
            return false;
        }
        const auto slash = key_.find('/', deep_.key);
        if (whole_folders_ && slash == std::string_view::npos) {
            return false;
        }
        deep_.key = whole_folders_ ? slash + 1 : deep_.key + 1;
        p_ = deep_.after;
        k_ = deep_.key;
        star_ = {};
        return true;
    }

    std::string_view pattern_;
    std::string_view key_;
    std::size_t p_ = 0;
    std::size_t k_ = 0;
    Star star_;  ///< The last "*" after the last "**".
    Star deep_;  ///< The last "**".
    bool whole_folders_ = false;
};

}  // namespace

bool MatchesGlob(std::string_view pattern, std::string_view key) {
    if (pattern.find('/') == std::string_view::npos) {
        key = key.substr(key.rfind('/') + 1);
    }
    return Matcher(pattern, key).Run();
}

Result<void> CheckGlob(std::string_view pattern) {
    if (pattern.empty()) {
        return Fail(ErrorCode::kInvalidArgument, "a glob may not be empty");
    }
    if (pattern.starts_with('/')) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "the glob '{}' begins with '/', but keys are relative to the bucket's folder", pattern
            )
        );
    }
    if (const auto at = pattern.find_first_of("[]{}\\"); at != std::string_view::npos) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "the glob '{}' has a '{}'; only *, ** and ? are special here, and a ? stands for any one "
                "byte",
                pattern,
                pattern[at]
            )
        );
    }
    return {};
}

bool PassesGlobs(
    const std::vector<std::string>& include, const std::vector<std::string>& exclude, std::string_view key
) {
    const auto matches = [&](const std::string& pattern) { return MatchesGlob(pattern, key); };
    return (include.empty() || std::ranges::any_of(include, matches)) &&
           std::ranges::none_of(exclude, matches);
}

}  // namespace notify
