#include "core/hash.hpp"

#include <utility>

#include <gtest/gtest.h>

#include "core/base64.hpp"

namespace notify {

namespace {

TEST(Sha256, FollowsTheStandardsVectors) {
    EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(
        Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
}

TEST(Md5, FollowsTheStandardsVectors) {
    EXPECT_EQ(Md5Hex(""), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(Md5Hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Sha256, IsTheSameInPieces) {
    Sha256 pieces;
    const std::string million(1'000'000, 'a');
    for (std::size_t at = 0, length = 1; at < million.size(); at += length, length = length * 3 + 1) {
        pieces.Add(std::string_view(million).substr(at, length));
    }
    Sha256 moved(std::move(pieces));
    EXPECT_EQ(moved.FinishHex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// RFC 4231, test cases 1, 2 and 6
TEST(HmacSha256, FollowsTheStandardsVectors) {
    EXPECT_EQ(
        ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    );
    EXPECT_EQ(
        ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    EXPECT_EQ(
        ToHex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
}

TEST(EqualInConstantTime, ComparesWholeTexts) {
    EXPECT_TRUE(EqualInConstantTime("", ""));
    EXPECT_TRUE(EqualInConstantTime("secret", "secret"));
    EXPECT_FALSE(EqualInConstantTime("secret", "secreT"));
    EXPECT_FALSE(EqualInConstantTime("secret", "secre"));
    EXPECT_FALSE(EqualInConstantTime(std::string("a\0b", 3), std::string("a\0c", 3)));
}

}  // namespace

}  // namespace notify
