#include "sources/objects/answers.hpp"

#include <gtest/gtest.h>

namespace notify::objects {
namespace {

TEST(Answers, AnEtagIsBareWithoutQuotationMarksAndWithoutTheMarkOfAWeakOne) {
    EXPECT_EQ(BareEtag("\"x\""), "x");
    EXPECT_EQ(BareEtag("W/\"x\""), "x");
    EXPECT_EQ(BareEtag("x"), "x");
    EXPECT_EQ(BareEtag("\""), "\"");
}

TEST(Answers, ANumberIsWholeOrNone) {
    EXPECT_EQ(WholeNumber("18446744073709551615"), 18446744073709551615U);
    EXPECT_FALSE(WholeNumber("18446744073709551616").has_value());
    EXPECT_FALSE(WholeNumber("").has_value());
    EXPECT_FALSE(WholeNumber("1 ").has_value());
    EXPECT_FALSE(WholeNumber("-1").has_value());
}

TEST(Answers, AWebPageIsKnownByItsStart) {
    EXPECT_TRUE(LooksLikeHtml("\xef\xbb\xbf <!DOCTYPE HTML><p>"));
    EXPECT_TRUE(LooksLikeHtml("<!-- x --><html>"));
    EXPECT_FALSE(LooksLikeHtml("[]"));
    EXPECT_FALSE(LooksLikeHtml("<Error/>"));
}

}  // namespace
}  // namespace notify::objects
