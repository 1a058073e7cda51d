#include "core/ed25519.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/base64.hpp"

namespace notify {
namespace {

/// RFC 8032, section 7.1, test 3.
TEST(Ed25519, SignsAsItsStandardSays) {
    const Ed25519Key key(FromHex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7").value());
    const auto text = FromHex("af82").value();
    const auto signature = key.Sign(text).value();
    EXPECT_EQ(
        ToHex(signature),
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c"
        "15e9716ed28dc0"
        "27beceea1ec40a"
    );
    const auto public_key = key.PublicKey().value();
    EXPECT_EQ(ToHex(public_key), "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
    EXPECT_TRUE(IsSignedBy(public_key, text, signature));
}

TEST(Ed25519, KnowsWhatIsNotSigned) {
    const Ed25519Key key(std::string(32, 'k'));
    const auto signature = key.Sign("a text").value();
    const auto public_key = key.PublicKey().value();
    EXPECT_FALSE(IsSignedBy(public_key, "another text", signature));
    EXPECT_FALSE(IsSignedBy(Ed25519Key(std::string(32, 'o')).PublicKey().value(), "a text", signature));
    EXPECT_FALSE(IsSignedBy(public_key, "a text", signature.substr(1)));
    EXPECT_FALSE(IsSignedBy("short", "a text", signature));
    EXPECT_FALSE(Ed25519Key("no 32 bytes").Sign("a text"));
    EXPECT_FALSE(Ed25519Key("no 32 bytes").PublicKey());
}

}  // namespace
}  // namespace notify
