#include "sources/datacore/token.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace notify::datacore {
namespace {

TEST(Token, WithAColonItIsAKeyPairForS3) {
    const auto token = ParseToken("0123abc:kEUq/M5+Kf==").value();
    EXPECT_EQ(token.access_key, "0123abc");
    EXPECT_EQ(token.secret_key, "kEUq/M5+Kf==");
    EXPECT_FALSE(token.IsNative());
    EXPECT_EQ(ParseToken("a:b:c").value().secret_key, "b:c");
}

TEST(Token, WithoutOneItIsAnIdForTheNativeApi) {
    const auto token = ParseToken(" 0123456789abcdef0123456789abcdef\n").value();
    EXPECT_EQ(token.id, "0123456789abcdef0123456789abcdef");
    EXPECT_TRUE(token.IsNative());
    EXPECT_TRUE(token.access_key.empty());
}

TEST(Token, HalfAPairAndWhatNoCookieHoldsAreRefusedWithoutBeingRepeated) {
    for (const auto* text : {
             "", "  ", "secretid:", ":secretid", "secret id:x", "secretid;x", "secretid\r\nx: y", "secret\"id"
         }) {
        const auto token = ParseToken(text);
        ASSERT_FALSE(token.has_value()) << text;
        EXPECT_EQ(token.error().code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(token.error().message.find("secretid"), std::string::npos) << token.error().message;
    }
}

}  // namespace
}  // namespace notify::datacore
