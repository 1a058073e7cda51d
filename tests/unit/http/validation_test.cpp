// Bodies of requests that are refused, and where they point.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/described.hpp"
#include "http/json_pointer.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::JsonOf;

using ValidationTest = testing::ApiTest;

struct Refusal {
    std::string method;
    std::string target;
    std::string body;
    std::string pointer;
};

TEST_F(ValidationTest, PointsAtTheFault) {
    const auto bucket = AddBucket();
    const std::string at = R"({"location":")" + (folder_.Path() / "in").string() + "\",";
    const std::vector<Refusal> refusals{
        {"POST", "/v1/buckets", "{}", "/location"},
        {"POST", "/v1/buckets", "[]", ""},
        {"POST", "/v1/buckets", "null", ""},
        {"POST", "/v1/buckets", "\"text\"", ""},
        {"POST", "/v1/buckets", R"({"location":7})", "/location"},
        {"POST", "/v1/buckets", R"({"location":null})", "/location"},
        {"POST", "/v1/buckets", at + R"("colour":"red"})", "/colour"},
        {"POST", "/v1/buckets", at + R"("a/b~c":1})", "/a~1b~0c"},
        {"POST", "/v1/buckets", at + R"("":1})", "/"},
        {"POST", "/v1/buckets", at + R"("active":"yes"})", "/active"},
        {"POST", "/v1/buckets", at + R"("weight":1.5})", "/weight"},
        {"POST", "/v1/buckets", at + R"("weight":99999999999})", "/weight"},
        {"POST", "/v1/buckets", at + R"("weight":0})", "/weight"},
        {"POST", "/v1/buckets", at + R"("include":"*"})", "/include"},
        {"POST", "/v1/buckets", at + R"("include":["a",7]})", "/include/1"},
        {"POST", "/v1/buckets", at + R"("scan_interval_seconds":0})", "/scan_interval_seconds"},
        {"POST", "/v1/buckets", at + R"("scan_interval_seconds":1e300})", "/scan_interval_seconds"},
        {"POST", "/v1/buckets", at + R"("settle_seconds":-1})", "/settle_seconds"},
        {"POST", "/v1/buckets", at + R"("settle_seconds":-1e300})", "/settle_seconds"},
        {"POST", "/v1/buckets", at + R"("kind":"cloud"})", "/kind"},
        {"POST", "/v1/buckets", at + R"("processors":[{}]})", "/processors/0/processor"},
        {"POST", "/v1/buckets", at + R"("processors":[{"processor":"x"}]})", "/processors/0/processor"},
        {"POST",
         "/v1/buckets",
         at + R"("processors":[{"processor":"checksum"},{"processor":"checksum","config":[]}]})",
         "/processors/1/config"},
        {"POST",
         "/v1/buckets",
         at +
             R"("biometric_basis":"consent","processors":[{"processor":"facial-recognition","config":{"fps":"x"}}]})",
         "/processors/0/config/fps"},
        {"POST",
         "/v1/buckets",
         at + R"("processors":[{"processor":"facial-recognition"}]})",
         "/biometric_basis"},
        {"POST",
         "/v1/buckets",
         at + R"("biometric_basis":" \t\n","processors":[{"processor":"facial-recognition"}]})",
         "/biometric_basis"},
        {"PATCH",
         "/v1/buckets/" + bucket,
         R"({"processors":[{"processor":"facial-recognition"}]})",
         "/biometric_basis"},
        {"POST", "/v1/buckets", at + R"("weight":1,"weight":2})", "/weight"},
        {"POST",
         "/v1/buckets",
         at + R"("processors":[{"processor":"checksum","config":{"a":[{"b":1,"c":2,"b":3}]}}]})",
         "/processors/0/config/a/0/b"},
        {"POST", "/v1/buckets", R"({"location":"/nowhere/at/all"})", "/location"},
        {"PATCH", "/v1/buckets/" + bucket, R"({"location":"/tmp"})", "/location"},
        {"PATCH", "/v1/buckets/" + bucket, R"({"name":""})", "/name"},
        {"POST", "/v1/people", R"({"name":"A"})", "/photos"},
        {"POST", "/v1/people", R"({"name":"","photos":[]})", "/name"},
        {"POST", "/v1/people", R"({"name":"A","photos":[{"file_name":"a"}]})", "/photos/0/base64"},
        {"POST",
         "/v1/people",
         R"({"name":"A","photos":[{"file_name":"a","base64":"*"}]})",
         "/photos/0/base64"},
        {"POST",
         "/v1/people",
         R"({"name":"A","photos":[{"file_name":"a","base64":"","face":{"x":1}}]})",
         "/photos/0/face/y"},
        {"POST", "/v1/webhooks", "{}", "/url"},
        {"POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000","types":[null]})", "/types/0"},
        {"POST", "/v1/keys", R"({"scopes":["read"]})", "/name"},
        {"POST", "/v1/keys", R"({"name":"","scopes":["read"]})", "/name"},
        {"POST", "/v1/keys", R"({"name":"a","scopes":[]})", "/scopes"},
        {"POST", "/v1/keys", R"({"name":"a","scopes":["root"]})", "/scopes"},
    };
    for (const auto& refusal : refusals) {
        const auto about = refusal.method + " " + refusal.target + " " + refusal.body;
        const auto response = Ask(refusal.method, refusal.target, refusal.body);
        EXPECT_EQ(response.status, 400) << about << response.body;
        EXPECT_EQ(response.content_type, "application/problem+json");
        const auto problem = JsonOf(response).as_object();
        EXPECT_EQ(problem.at("code").as_string(), "invalid_argument") << about;
        ASSERT_TRUE(problem.contains("pointer")) << about << response.body;
        EXPECT_EQ(problem.at("pointer").as_string(), refusal.pointer) << about;
        EXPECT_FALSE(problem.at("detail").as_string().empty());
    }
}

TEST_F(ValidationTest, RefusesWhatIsNoJson) {
    const std::string deep = R"({"location":)" + std::string(100, '[') + std::string(100, ']') + "}";
    for (const std::string body :
         {"",
          "{",
          "{}x",
          "{'location':1}",
          "{\"location\":\"\xff\"}",
          "{\"location\":NaN}",
          "\xef\xbb\xbf{}"}) {
        const auto response = Ask("POST", "/v1/buckets", body);
        EXPECT_EQ(response.status, 400) << body;
        EXPECT_THAT(response.body, HasSubstr("not JSON")) << body;
    }
    EXPECT_EQ(Ask("POST", "/v1/buckets", deep).status, 400);
}

TEST_F(ValidationTest, TakesNullForWhatMayBeLeftOut) {
    const auto bucket = AddBucket();
    EXPECT_EQ(Expect(200, "PATCH", "/v1/buckets/" + bucket, R"({"name":null,"weight":5})").at("weight"), 5);
}

TEST(JsonPointer, EscapesWhatItsSyntaxNeeds) {
    EXPECT_EQ(PointerPart("plain"), "/plain");
    EXPECT_EQ(PointerPart("a/b~"), "/a~1b~0");
    EXPECT_EQ(PointerPart(""), "/");
}

TEST(RepeatedMember, IsFoundAtEveryDepthAndInEveryEscaping) {
    EXPECT_EQ(RepeatedMember(R"({"a":1,"a":2})"), "/a");
    EXPECT_EQ(RepeatedMember(R"({"a":1,"\u0061":2})"), "/a");
    EXPECT_EQ(RepeatedMember(R"([0,[],{"x":{"y":1,"z":{},"y":2}}])"), "/2/x/y");
    EXPECT_EQ(RepeatedMember(R"({"a":{"b":1},"c":{"b":1},"d":[{"b":1},{"b":1}]})"), std::nullopt);
    EXPECT_EQ(RepeatedMember(R"(["a","a",{"a":"a"}])"), std::nullopt);
    EXPECT_EQ(RepeatedMember("7"), std::nullopt);
}

}  // namespace
}  // namespace notify
