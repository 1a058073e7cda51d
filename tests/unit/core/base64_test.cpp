#include "core/base64.hpp"

#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace notify {

namespace {

// RFC 4648, section 10
const std::vector<std::pair<std::string, std::string>> kVectors{
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"}
};

std::string AllBytes() {
    std::string bytes;
    for (int byte = 0; byte < 256; ++byte) {
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

TEST(Base64, FollowsTheStandardsVectors) {
    for (const auto& [clear, text] : kVectors) {
        EXPECT_EQ(ToBase64(clear), text);
        EXPECT_EQ(FromBase64(text).value(), clear);
    }
}

TEST(Base64, CarriesEveryByte) {
    const auto bytes = AllBytes();
    for (std::size_t length = 250; length <= 256; ++length) {
        EXPECT_EQ(FromBase64(ToBase64(bytes.substr(0, length))).value(), bytes.substr(0, length));
    }
}

TEST(Base64, RefusesWhatIsNotPadded) {
    for (const auto* text :
         {"Zg",
          "Zg=",
          "Z",
          "Zm9vY",
          "Zg==Zg==",
          "=",
          "====",
          "Zm=v",
          "Zm9v!A==",
          "Zm9v\nZm9v",
          "Zg==\n\n\n\n",
          "   Zm9v ",
          "Zm 9"}) {
        const auto clear = FromBase64(text);
        ASSERT_FALSE(clear) << text;
        EXPECT_EQ(clear.error().code, ErrorCode::kInvalidArgument);
    }
}

TEST(Hexadecimal, CarriesEveryByteInLowerCase) {
    EXPECT_EQ(ToHex(std::string("\x00\x0f\xa5\xff", 4)), "000fa5ff");
    EXPECT_EQ(FromHex(ToHex(AllBytes())).value(), AllBytes());
    EXPECT_EQ(FromHex("A5ff").value(), "\xa5\xff");
    EXPECT_EQ(FromHex("").value(), "");
}

TEST(Hexadecimal, RefusesOddLengthsAndOtherCharacters) {
    for (const auto* text : {"a", "abc", "0g", "0x", " 0", "+1", "-1"}) {
        const auto bytes = FromHex(text);
        ASSERT_FALSE(bytes) << text;
        EXPECT_EQ(bytes.error().code, ErrorCode::kInvalidArgument);
    }
}

}  // namespace

}  // namespace notify
