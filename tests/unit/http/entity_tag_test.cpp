#include "http/entity_tag.hpp"

#include <set>
#include <string>
#include <vector>

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

/// Something that can be edited, with an edit that another one may come before.
struct Edited {
    std::string pattern;
    std::string path;
    std::string edit;
    std::string others_edit;
};

class RacingEdits : public EntityTag {
protected:
    /// One of each that has a tag.
    std::vector<Edited> All() {
        const auto bucket = AddBucket("in");
        const auto id = [&](const std::string& target, const std::string& body) {
            return target + "/" + std::string(Expect(201, "POST", target, body).at("id").as_string());
        };
        return {
            {"/v1/buckets/{bucket}", "/v1/buckets/" + bucket, R"({"weight":2})", R"({"weight":3})"},
            {"/v1/rules/{rule}",
             id("/v1/rules", fmt::format(R"({{"bucket":"{}","processor":"document-markdown"}})", bucket)),
             R"({"priority":2})",
             R"({"priority":3})"},
            {"/v1/sources/{source}",
             id("/v1/sources", R"({"kind":"s3","name":"far","config":{"endpoint":"http://127.0.0.1:9"}})"),
             R"({"max_in_flight":2})",
             R"({"max_in_flight":3})"},
            {"/v1/webhooks/{endpoint}",
             id("/v1/webhooks", R"({"url":"http://127.0.0.1:9000/"})"),
             R"({"description":"a"})",
             R"({"description":"b"})"}
        };
    }
};

TEST_F(RacingEdits, AreOfEverythingThatHasATag) {
    std::set<std::string> patterns;
    for (const auto& route : router_->Routes()) {
        if (route.method == "PATCH" && !route.edits.empty()) {
            patterns.insert(route.pattern);
        }
    }
    std::set<std::string> tried;
    for (const auto& each : All()) {
        tried.insert(each.pattern);
    }
    EXPECT_EQ(patterns, tried);
}

TEST_F(RacingEdits, AreRefusedWhenTheOtherComesBetweenReadingAndWriting) {
    for (const auto& each : All()) {
        for (const std::string method : {"PATCH", "DELETE"}) {
            ASSERT_EQ(Ask("PATCH", each.path, each.edit).status, 200) << each.path;
            const auto read = HeaderOf(Ask("GET", each.path), "ETag");
            before_write_ = [&] { EXPECT_EQ(Ask("PATCH", each.path, each.others_edit).status, 200); };
            const auto late = AskIf(read, method, each.path, method == "PATCH" ? each.edit : "");
            EXPECT_FALSE(before_write_) << method << ' ' << each.path;
            EXPECT_EQ(late.status, 412) << method << ' ' << each.path << ": " << late.body;
            const auto now = HeaderOf(Ask("GET", each.path), "ETag");
            EXPECT_NE(now, read);
            EXPECT_EQ(AskIf(now, "PATCH", each.path, each.edit).status, 200) << each.path;
        }
        const auto now = HeaderOf(Ask("GET", each.path), "ETag");
        if (each.path.find("bucket") == std::string::npos) {  // the rule is in it
            EXPECT_EQ(AskIf(now, "DELETE", each.path, "").status, 204) << each.path;
        }
    }
}

TEST_F(EntityTag, OfWhatIsNotThereIs404) {
    EXPECT_EQ(AskIf("\"x\"", "PATCH", "/v1/buckets/none", R"({"active":true})").status, 404);
    EXPECT_EQ(TagOf("[]", {"a"}), "");
    EXPECT_EQ(TagOf(R"({"a":1,"b":2})", {"a"}), TagOf(R"({"a":1,"b":3})", {"a"}));
    EXPECT_NE(TagOf(R"({"a":1})", {"a"}), TagOf(R"({"a":2})", {"a"}));
}

}  // namespace
}  // namespace notify
