#include "core/json.hpp"

#include <limits>
#include <random>
#include <string>

#include <gtest/gtest.h>

namespace notify {

namespace {

TEST(Json, IsReadAndWrittenUnchanged) {
    for (const auto* text :
         {"null",
          "true",
          "\"\"",
          "[]",
          "{}",
          "[1,-2,0.5]",
          R"({"b":[{"a":"ü\n"}],"a":18446744073709551615})"}) {
        const auto value = ParseJson(text);
        ASSERT_TRUE(value) << text;
        EXPECT_EQ(ToJsonText(*value), text);
    }
}

TEST(Json, MayHaveSpaceAroundIt) {
    EXPECT_EQ(ParseJson(" \n[1 , 2]\t ").value(), (boost::json::array{1, 2}));
    EXPECT_EQ(ParseJson("  7  ").value(), boost::json::value(7));
}

TEST(Json, IsRefusedWithTheOffset) {
    for (const auto* text :
         {"", " ", "{", "[1,]", "{\"a\":}", "nul", "1 2", "[] x", "'a'", "\"\xff\"", "{a:1}", "01"}) {
        const auto value = ParseJson(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().code, ErrorCode::kInvalidArgument);
        EXPECT_NE(value.error().message.find("byte "), std::string::npos) << value.error().message;
    }
    EXPECT_NE(ParseJson("[1, x]").error().message.find("byte 4"), std::string::npos);
}

TEST(Json, IsRefusedWhenTooDeep) {
    const auto nested = [](std::size_t levels) {
        return std::string(levels, '[') + std::string(levels, ']');
    };
    EXPECT_TRUE(ParseJson(nested(64)));
    EXPECT_FALSE(ParseJson(nested(65)));
    EXPECT_FALSE(ParseJson(std::string(1'000'000, '[')));
}

TEST(Json, WritesNumbersAsPeopleDo) {
    EXPECT_EQ(ToJsonText(boost::json::array{0.9, -0.25, 1e100, 3.0}).substr(0, 10), "[0.9,-0.25");
    EXPECT_EQ(ToJsonText(boost::json::value(0.1)), "0.1");
    EXPECT_EQ(ToJsonText(boost::json::value(std::numeric_limits<double>::infinity())), "null");
    const auto again = ParseJson(ToJsonText(boost::json::value(1.0 / 3))).value();
    EXPECT_EQ(again.as_double(), 1.0 / 3) << "nothing is lost";
}

TEST(Json, ReadsANumberAsTheDoubleNearestToIt) {
    for (const auto* text : {"5e+57", "0.7493287364851029", "5e-324", "1.7976931348623157e+308", "0.125"}) {
        EXPECT_EQ(ToJsonText(ParseJson(text).value()), text);
    }
    EXPECT_EQ(ParseJson("0.30000000000000004").value().as_double(), 0.1 + 0.2);
    EXPECT_EQ(ParseJson("[18446744073709551616]").value().as_array().front().as_double(), 0x1p64);
    std::mt19937_64 random(1);
    for (int i = 0; i < 1000; ++i) {
        const auto number = std::uniform_real_distribution(-1.0, 1.0)(random);
        EXPECT_EQ(ParseJson(ToJsonText(boost::json::value(number))).value().as_double(), number);
    }
}

TEST(Json, RefusesANumberLargerThanAnyDouble) {
    for (const auto* text :
         {"1e309", "-1e309", "1.7976931348623159e308", "[1e999]", "1e99999999999999999999"}) {
        EXPECT_FALSE(ParseJson(text)) << text;
    }
    EXPECT_EQ(ToJsonText(ParseJson("[1e-999,2]").value()), "[0,2]");
}

TEST(Json, WritesMinusZeroAsTheSameNumberEveryTime) {
    const auto once = ToCanonicalJson(ParseJson("[-0.0,-0]").value());
    EXPECT_EQ(once, "[0,0]");
    EXPECT_EQ(ToCanonicalJson(ParseJson(once).value()), once);
}

TEST(Json, KeepsTheOrderOfMembers) {
    EXPECT_EQ(ToJsonText(boost::json::object{{"z", 1}, {"a", 2}}), R"({"z":1,"a":2})");
}

TEST(CanonicalJson, IsTheSameForEqualValues) {
    const auto one = ParseJson(R"({"z":{"y":1,"x":[{"b":1,"a":2}]},"a":0.50})").value();
    const auto two = ParseJson(R"({ "a":0.5, "z":{"x":[{"a":2,"b":1}],"y":1} })").value();
    EXPECT_EQ(ToCanonicalJson(one), R"({"a":0.5,"z":{"x":[{"a":2,"b":1}],"y":1}})");
    EXPECT_EQ(ToCanonicalJson(one), ToCanonicalJson(two));
}

}  // namespace

}  // namespace notify
