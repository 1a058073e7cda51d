// Bodies of requests that are refused, and where they point.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/described.hpp"
#include "http/json_pointer.hpp"
#include "http/names.hpp"
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
        {"POST", "/v1/buckets", at + R"("rules":[{}]})", "/rules/0/processor"},
        {"POST", "/v1/buckets", at + R"("rules":[{"processor":"x"}]})", "/rules/0/processor"},
        {"POST",
         "/v1/buckets",
         at + R"("rules":[{"processor":"checksum"},{"processor":"checksum","config":[]}]})",
         "/rules/1/config"},
        {"POST",
         "/v1/buckets",
         at +
             R"("rules":[{"processor":"facial-recognition","biometric_basis":"consent","config":{"fps":"x"}}]})",
         "/rules/0/config/fps"},
        {"POST",
         "/v1/buckets",
         at + R"("rules":[{"processor":"facial-recognition"}]})",
         "/rules/0/biometric_basis"},
        {"POST",
         "/v1/buckets",
         at + R"("rules":[{"processor":"facial-recognition","biometric_basis":" \t\n"}]})",
         "/rules/0/biometric_basis"},
        {"PATCH", "/v1/buckets/" + bucket, R"({"rules":[]})", "/rules"},
        {"POST", "/v1/buckets", at + R"("weight":1,"weight":2})", "/weight"},
        {"POST",
         "/v1/buckets",
         at + R"("rules":[{"processor":"checksum","config":{"a":[{"b":1,"c":2,"b":3}]}}]})",
         "/rules/0/config/a/0/b"},
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
        {"POST", "/v1/keys", R"({"name":"a","scopes":["read","root"]})", "/scopes/1"},
        {"POST", "/v1/keys", R"({"name":"a\nb","scopes":["read"]})", "/name"},
        {"POST", "/v1/webhooks", R"({"url":"nowhere"})", "/url"},
        {"POST",
         "/v1/webhooks",
         R"({"url":"http://127.0.0.1:9000","types":["item.*","nonsense"]})",
         "/types/1"},
        {"POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000","types":["item"]})", "/types/0"},
        {"POST", "/v1/webhooks/none/replay", "{}", "/since"},
        {"POST", "/v1/webhooks/none/replay", R"({"since":"yesterday"})", "/since"},
        {"POST", "/v1/webhooks/none/rotate", R"({"overlap_hours":169})", "/overlap_hours"},
        {"PATCH", "/v1/people/none", R"({"name":"a\u0007"})", "/name"},
        {"PATCH", "/v1/buckets/" + bucket, R"({"name":" a"})", "/name"},
        {"PATCH", "/v1/buckets/" + bucket, R"({"weight":1001})", "/weight"},
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

TEST_F(ValidationTest, TakesAnEmptyObjectWhereThereIsNoBody) {
    const auto bucket = AddBucket();
    for (const auto* body : {"", "{}", " { }\n"}) {
        Expect(200, "POST", "/v1/buckets/" + bucket + "/scan", body);
    }
    for (const auto* body : {"[]", "{\"force\":true}", "}{", "{", "x"}) {
        const auto refused = Ask("POST", "/v1/buckets/" + bucket + "/scan", body);
        EXPECT_EQ(refused.status, 400) << body;
        EXPECT_THAT(refused.body, HasSubstr("takes no body; send none, or {}")) << body;
    }
}

TEST_F(ValidationTest, RefusesABodyOfAnotherTypeThanJson) {
    const auto status = [&](const std::string& type) {
        Request request{.method = "POST", .path = "/v1/keys", .headers = {{"x-api-key", admin_key_}}};
        request.headers["content-type"] = type;
        request.body = R"({"name":"k","scopes":["read"]})";
        return router_->Handle(std::move(request)).status;
    };
    for (const auto* type :
         {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "json"}) {
        EXPECT_EQ(status(type), 415) << type;
    }
    for (const auto* type :
         {"application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"}) {
        EXPECT_EQ(status(type), 201) << type;
    }
}

TEST(Names, AreOneLineThatIsNotTooLong) {
    for (const auto* name : {"a", "Ada Lovelace", "a/b", "Zo\xc3\xab", "\xe2\x80\xa6"}) {
        EXPECT_TRUE(IsName(name)) << name;
    }
    EXPECT_TRUE(IsName(std::string(200, 'x')));
    EXPECT_FALSE(IsName(std::string(201, 'x')));
    std::string umlauts;
    for (int i = 0; i < 200; ++i) {
        umlauts += "\xc3\xbc";
    }
    EXPECT_TRUE(IsName(umlauts));  // characters, not bytes
    for (const auto* name : {"", " ", " a", "a ", "a\nb", "a\tb", "a\x7f", "a\xc2\x85"}) {
        EXPECT_FALSE(IsName(name)) << name;
    }
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
