#include "http/entity_tag.hpp"

#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/message.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::HeaderOf;

class EntityTag : public testing::ApiTest {
protected:
    Response AskIf(
        const std::string& tag, const std::string& method, const std::string& target, std::string body
    ) {
        Request request;
        request.method = method;
        request.body = std::move(body);
        request.headers["authorization"] = fmt::format("Bearer {}", admin_key_);
        request.headers["if-match"] = tag;
        EXPECT_TRUE(SetTarget(request, target));
        return router_->Handle(std::move(request));
    }
};

TEST_F(EntityTag, RefusesTheSecondOfTwoEditsOfTheSame) {
    const auto bucket = "/v1/buckets/" + AddBucket("in");
    const auto read = HeaderOf(Ask("GET", bucket), "ETag");
    EXPECT_EQ(read.size(), 18U);
    const auto first = AskIf(read, "PATCH", bucket, R"({"active":false})");
    EXPECT_EQ(first.status, 200);
    const auto second = AskIf(read, "PATCH", bucket, R"({"active":true})");
    EXPECT_EQ(second.status, 412);
    EXPECT_THAT(second.body, HasSubstr("changed_since"));
    EXPECT_EQ(AskIf(read, "DELETE", bucket, "").status, 412);
    const auto now = HeaderOf(Ask("GET", bucket), "ETag");
    EXPECT_NE(now, read);
    EXPECT_EQ(HeaderOf(first, "ETag"), now);
    EXPECT_EQ(AskIf("", "PATCH", bucket, R"({"active":true})").status, 400);
    EXPECT_EQ(AskIf("*", "PATCH", bucket, R"({"active":true})").status, 200);
    EXPECT_EQ(AskIf(read, "PATCH", bucket, R"({"active":true})").status, 200) << "it is as it was";
}

TEST_F(EntityTag, IsNotOfWhatTheServiceCounts) {
    const auto bucket = "/v1/buckets/" + AddBucket("in");
    const auto before = HeaderOf(Ask("GET", bucket), "ETag");
    Discover("a.bin");
    EXPECT_EQ(HeaderOf(Ask("GET", bucket), "ETag"), before);
}

TEST_F(EntityTag, OfWhatIsNotThereIs404) {
    EXPECT_EQ(AskIf("\"x\"", "PATCH", "/v1/buckets/none", R"({"active":true})").status, 404);
    EXPECT_EQ(TagOf("[]", {"a"}), "");
    EXPECT_EQ(TagOf(R"({"a":1,"b":2})", {"a"}), TagOf(R"({"a":1,"b":3})", {"a"}));
    EXPECT_NE(TagOf(R"({"a":1})", {"a"}), TagOf(R"({"a":2})", {"a"}));
}

}  // namespace
}  // namespace notify
