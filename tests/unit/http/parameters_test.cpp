// Queries that are refused, and pages that go on.

#include "http/parameters.hpp"

#include <set>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/status.hpp"
#include "http/words.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

using ParametersTest = testing::ApiTest;

TEST_F(ParametersTest, AreRefusedWhenTheyAreUnknownWhereverTheyAre) {
    for (const auto& route : router_->Routes()) {
        const auto refused = Ask(route.method, testing::PathOf(route.pattern) + "?bogus=1");
        EXPECT_EQ(refused.status, 400) << route.method << route.pattern;
        EXPECT_THAT(refused.body, HasSubstr("'bogus'")) << route.method << route.pattern;
    }
    EXPECT_THAT(Ask("GET", "/v1/items?bogus=1").body, HasSubstr("limit, after, status, bucket, key"));
}

TEST_F(ParametersTest, AreRefusedWhenTheyAreEmptyOrNoneOfTheWords) {
    for (const auto* query : {"status=", "status=pending", "status=Lost", "bucket=", "key=", "limit="}) {
        EXPECT_EQ(Ask("GET", "/v1/items?" + std::string(query)).status, 400) << query;
    }
    EXPECT_EQ(Ask("GET", "/v1/items?status=Pending&after=").status, 200);
}

TEST_F(ParametersTest, ThatNameWhatThereIsNotAre404) {
    for (const auto* list :
         {"/v1/items?bucket=none",
          "/v1/appearances?item=none",
          "/v1/appearances?person=none",
          "/v1/deliveries?event=none"}) {
        EXPECT_EQ(Ask("GET", list).status, 404) << list;
    }
}

TEST_F(ParametersTest, LeadFromPageToPageThroughAllRows) {
    AddBucket();
    std::set<std::string> wanted;
    for (const auto* key : {"a", "b", "c"}) {
        wanted.insert(Discover(key));
    }
    std::set<std::string> seen;
    std::string after;
    do {
        const auto page = Expect(200, "GET", "/v1/items?limit=1&after=" + after);
        seen.insert(std::string(page.at("rows").at(0).at("id").as_string()));
        after = std::string(page.at("next").as_string());
    } while (!after.empty());
    EXPECT_EQ(seen, wanted);
    const auto audit = Expect(200, "GET", "/v1/audit?limit=1");
    const std::string next(audit.at("next").as_string());
    EXPECT_EQ(Ask("GET", "/v1/audit?limit=1&after=" + next).status, 200) << next;
}

TEST(Words, AreThoseOfTheDomain) {
    for (const auto word : kStatusWords) {
        ASSERT_TRUE(StatusFrom(word)) << word;
        EXPECT_EQ(ToString(*StatusFrom(word)), word);
    }
    for (const auto word : kBlockedByWords) {
        EXPECT_TRUE(BlockedByFrom(word)) << word;
    }
    EXPECT_EQ(ToString(BlockedBy::kServiceStopped), kBlockedByWords.back());  // the last: none is left out
    EXPECT_EQ(ToString(Status::kSkipped), kStatusWords.back());
}

}  // namespace
}  // namespace notify
