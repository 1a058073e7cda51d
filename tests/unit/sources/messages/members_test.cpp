#include "sources/messages/members.hpp"

#include <string>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace notify::messages {
namespace {

TEST(Members, AreFoundInAnyCaseAndByTheirExactNameFirst) {
    const boost::json::object json{{"KEY", "shouted"}, {"key", "exact"}, {"Other", 7}, {"gone", nullptr}};
    EXPECT_EQ(Text(json, "key"), "exact");
    EXPECT_EQ(Text(json, "Key"), "shouted");
    EXPECT_EQ(Text(json, "other"), "") << "no text";
    EXPECT_EQ(Member(json, "gone"), nullptr);
    EXPECT_TRUE(Inner(json, "other").empty());
}

TEST(Members, AUuidIsReadInLowerCase) {
    EXPECT_EQ(UuidOf("3F2C8A52-0d7f-11f1-9a51-0A580A3C5B11"), "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11");
    EXPECT_EQ(UuidOf("3f2c8a520d7f-11f1-9a51-0a580a3c5b11-"), "");
    EXPECT_EQ(UuidOf("g7777777-7777-7777-7777-777777777777"), "");
    EXPECT_EQ(UuidOf(""), "");
}

}  // namespace
}  // namespace notify::messages
