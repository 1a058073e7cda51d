#include "delivery/clean_text.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

using std::string_literals::operator""s;

TEST(CleanText, ReplacesWhatIsNoUtf8) {
    EXPECT_EQ(ValidUtf8("grün 日本 🎬"), "grün 日本 🎬");
    EXPECT_EQ(
        ValidUtf8(
            "a\xFF"
            "b"
        ),
        "a\uFFFDb"
    );
    EXPECT_EQ(ValidUtf8("\xC0\xAF"), "\uFFFD\uFFFD") << "overlong";
    EXPECT_EQ(ValidUtf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD") << "surrogate";
    EXPECT_EQ(ValidUtf8("\xF4\x90\x80\x80").substr(0, 3), "\uFFFD") << "past U+10FFFF";
    EXPECT_EQ(ValidUtf8("cut \xE6\x97"), "cut \uFFFD\uFFFD");
    EXPECT_TRUE(IsUtf8("日本"));
    EXPECT_FALSE(IsUtf8("\x80"));
}

TEST(CleanText, ExcerptIsShortPlainAndWithoutSecrets) {
    EXPECT_EQ(Excerpt(std::string(5'000, 'x'), {}).size(), 4096U);
    EXPECT_EQ(Excerpt("a\0b\x1b[31m\tc\nd\x7f"s, {}), "a b [31m\tc\nd ");
    EXPECT_EQ(
        Excerpt("your key is whsec_abc, whsec_abc!", {"whsec_abc", ""}), "your key is [redacted], [redacted]!"
    );
}

TEST(CleanText, ExcerptLeavesNoPartOfASecretAtItsEnd) {
    const auto text = Excerpt(std::string(4'090, 'x') + "whsec_abcdef", {"whsec_abcdef"});
    EXPECT_EQ(text.find("whsec"), std::string::npos);
}

}  // namespace
}  // namespace notify
