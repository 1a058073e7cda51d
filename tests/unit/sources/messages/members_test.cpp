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

}  // namespace
}  // namespace notify::messages
