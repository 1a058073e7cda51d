#include "http/message.hpp"

#include <string>

#include <gtest/gtest.h>

namespace notify {
namespace {

Request Of(std::string_view target) {
    Request request;
    EXPECT_TRUE(SetTarget(request, target)) << target;
    return request;
}

TEST(Target, IsSplitAndItsQueryDecoded) {
    const auto request = Of("/v1/items?status=Failed&key=a%20b+c%2Bd&empty=&bare&=nameless&key2=%C3%BC");
    EXPECT_EQ(request.path, "/v1/items");
    EXPECT_EQ(request.Query("status"), "Failed");
    EXPECT_EQ(request.Query("key"), "a b c+d");
    EXPECT_EQ(request.Query("empty"), "");
    EXPECT_EQ(request.Query("key2"), "ü");
    EXPECT_EQ(request.Query("absent"), "");
}

TEST(Target, KeepsItsPathEncodedSoThatASlashInANameIsNoSeparator) {
    EXPECT_EQ(Of("/v1/people/AC%2FDC").path, "/v1/people/AC%2FDC");
    EXPECT_EQ(Of("/a+b").path, "/a+b");
}

TEST(Target, TakesTheLastOfARepeatedName) {
    EXPECT_EQ(Of("/?a=1&a=2").Query("a"), "2");
}

TEST(Target, IsRefusedWhenItIsMalformedOrNoUtf8) {
    for (const std::string target :
         {"",
          "x",
          "*",
          "http://other/",
          "/%",
          "/%2",
          "/%2x",
          "/%00",
          "/%FF",
          "/\xff",
          "/?%FF=1",
          "/?a=%0",
          "/?a=%C3%28",
          "/#a",
          "/?a#b"}) {
        Request request;
        const auto set = SetTarget(request, target);
        ASSERT_FALSE(set) << target;
        EXPECT_EQ(set.error().code, ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace notify
