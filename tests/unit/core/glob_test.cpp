#include "core/glob.hpp"

#include <string>

#include <gtest/gtest.h>

namespace notify {
namespace {

struct Case {
    std::string_view pattern;
    std::string_view key;
    bool matches;
};

class GlobTable : public ::testing::TestWithParam<Case> {};

TEST_P(GlobTable, MatchesAsItsPageSays) {
    const auto& [pattern, key, matches] = GetParam();
    EXPECT_EQ(MatchesGlob(pattern, key), matches) << pattern << " against " << key;
}

INSTANTIATE_TEST_SUITE_P(
    Patterns,
    GlobTable,
    ::testing::Values(
        Case{"*.mp4", "a.mp4", true},
        Case{"*.mp4", "deep/er/a.mp4", true},
        Case{"*.mp4", "a.mp4.part", false},
        Case{"*.mp4", "a.MP4", false},
        Case{"a?c", "abc", true},
        Case{"a?c", "ac", false},
        Case{"day/a?c", "day/a/c", false},
        Case{"day/*", "day/a", true},
        Case{"day/*", "day/a/b", false},
        Case{"day/*", "other/a", false},
        Case{"day/**", "day/a/b", true},
        Case{"**", "any/thing", true},
        Case{"**/a.mp4", "a.mp4", true},
        Case{"**/a.mp4", "x/y/a.mp4", true},
        Case{"**/a.mp4", "x/ya.mp4", false},
        Case{"x/**/y", "x/y", true},
        Case{"x/**/y", "x/1/2/y", true},
        Case{"x/**/y", "x/1/2y", false},
        Case{"**/proxy/**", "a/proxy/b.mp4", true},
        Case{"**/proxy/**", "a/proxies/b.mp4", false},
        Case{"x/*a*b/*.c", "x/1a2ab/z.c", true},
        Case{"x/*a*b/*.c", "x/1a2ac/z.c", false},
        Case{"**/*_?/*.wav", "r/t/take_1/a.wav", true},
        Case{"a*", "a", true},
        Case{"", "a", false},
        Case{"[ab]", "a", false},
        Case{"*\xff*", "x\xffy", true}
    )
);

TEST(Glob, TakesOnlyWhatIsIncludedAndNotExcluded) {
    EXPECT_TRUE(PassesGlobs({}, {}, "a.mp4"));
    EXPECT_TRUE(PassesGlobs({"*.mov", "*.mp4"}, {}, "a.mp4"));
    EXPECT_FALSE(PassesGlobs({"*.mov"}, {}, "a.mp4"));
    EXPECT_FALSE(PassesGlobs({"*.mp4"}, {"proxy/**"}, "proxy/a.mp4"));
}

TEST(Glob, IsRefusedWhenItIsWrittenInAnotherLanguage) {
    for (const auto* good : {"*.mp4", "**/proxy/**", "a?c", "cam \xff*"}) {
        EXPECT_TRUE(CheckGlob(good)) << good;
    }
    for (const auto* bad : {"", "/srv/*.mp4", "[", "[ab]*.mp4", "*.{mp4,mov}", "a\\*b"}) {
        const auto refused = CheckGlob(bad);
        ASSERT_FALSE(refused) << bad;
        EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
        EXPECT_NE(refused.error().message.find(bad), std::string::npos) << refused.error().message;
    }
}

TEST(Glob, EndsSoonOnAPatternMadeToBacktrack) {
    std::string pattern;
    for (int i = 0; i < 40; ++i) {
        pattern += "*a";
    }
    EXPECT_FALSE(MatchesGlob(pattern + "b", std::string(4000, 'a')));
    EXPECT_FALSE(MatchesGlob("**a**a**a**a**a**a**ab", std::string(4000, 'a')));
}

}  // namespace
}  // namespace notify
