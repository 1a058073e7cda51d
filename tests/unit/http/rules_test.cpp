// /v1/rules: who chooses what, and what is refused.

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "storage/rule_repository.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::JsonOf;

class RulesTest : public testing::ApiTest {
protected:
    RulesTest() { AddBucket(); }

    std::string Add(const std::string& body) {
        return std::string(Expect(201, "POST", "/v1/rules", body).at("id").as_string());
    }
};

constexpr auto kFaces = R"({"bucket":"in","processor":"facial-recognition","biometric_basis":"consent"})";

TEST_F(RulesTest, PointAtWhatIsWrongInThem) {
    struct Case {
        std::string body;
        std::string pointer;
        std::string sentence;
    };

    const std::vector<Case> cases{
        {R"({"bucket":"in","processor":"face"})",
         "/processor",
         "there are: checksum, document-markdown, facial-recognition"},
        {R"({"bucket":"in","processor":"face-photo"})", "/processor", "the service's own"},
        {R"({"bucket":"in","processor":"checksum","config":{"x":1}})", "/config/x", ""},
        {R"({"bucket":"in","processor":"FacialRecognition","biometric_basis":"c","config":{"fps":99}})",
         "/config/fps",
         "99 is more than"},
        {R"({"bucket":"in","processor":"facial-recognition"})", "/biometric_basis", "recognises people"},
        {R"({"bucket":"in","processor":"checksum","path_glob":"[a]"})", "/path_glob", ""},
        {R"({"bucket":"in","processor":"checksum","media_types":["video/*","Video"]})", "/media_types/1", ""},
        {R"({"bucket":"in","processor":"checksum","media_types":["*/*"]})", "/media_types/0", ""},
        {R"({"bucket":"in","processor":"facial-recognition","biometric_basis":"c","media_types":["application/pdf"]})",
         "/media_types/0",
         "takes video/, image/ only"},
        {R"({"processor":"checksum"})", "/bucket", "either the bucket or the source"},
        {R"({"bucket":"in","source":"local","processor":"checksum"})", "/bucket", "either"},
        {R"({"bucket":"in","processor":"checksum","priority":1001})", "/priority", ""},
        {R"({"bucket":"in","processor":"checksum","color":1})", "/color", ""},
        {R"({"bucket":"in","processor":"checksum","processor":"checksum"})", "/processor", "twice"},
    };
    for (const auto& each : cases) {
        const auto refused = Ask("POST", "/v1/rules", each.body);
        EXPECT_EQ(refused.status, 400) << each.body;
        EXPECT_EQ(JsonOf(refused).at("pointer").as_string(), each.pointer) << refused.body;
        EXPECT_THAT(refused.body, HasSubstr(each.sentence));
    }
    EXPECT_EQ(Ask("POST", "/v1/rules", R"({"bucket":"none","processor":"checksum"})").status, 404);
    EXPECT_EQ(Ask("POST", "/v1/rules", R"({"source":"none","processor":"checksum"})").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/rules/rul_none").status, 404);
    EXPECT_EQ(Ask("PATCH", "/v1/rules/rul_none", "{}").status, 404);
    EXPECT_EQ(Ask("DELETE", "/v1/rules/rul_none").status, 404);
}

TEST_F(RulesTest, KeepTheirBiometricBasisWhilePeopleAreRecognised) {
    const auto rule = "/v1/rules/" + Add(kFaces);
    for (const auto* basis : {"", "  ", "\\n\\t"}) {
        const auto refused = Ask("PATCH", rule, fmt::format(R"({{"biometric_basis":"{}"}})", basis));
        EXPECT_EQ(refused.status, 400);
        EXPECT_EQ(JsonOf(refused).at("pointer").as_string(), "/biometric_basis");
    }
    EXPECT_EQ(Expect(200, "GET", rule).at("biometric_basis").as_string(), "consent");
    Expect(200, "PATCH", rule, R"({"biometric_basis":"","processor":"checksum","path_glob":"*.c"})");
    EXPECT_EQ(Ask("PATCH", rule, R"({"processor":"facial-recognition"})").status, 400);
}

TEST_F(RulesTest, ChangeWhatIsGivenAndKeepTheRest) {
    const auto rule =
        "/v1/rules/" +
        Add(
            R"({"bucket":"in","processor":"facial-recognition","biometric_basis":"c","config":{"fps":2},"path_glob":"*.mp4"})"
        );
    const auto changed = Expect(200, "PATCH", rule, R"({"priority":4,"enabled":false})");
    EXPECT_EQ(changed.at("config").at("fps"), 2);
    EXPECT_EQ(changed.at("path_glob").as_string(), "*.mp4");
    EXPECT_EQ(changed.at("priority"), 4);
    EXPECT_FALSE(changed.at("enabled").as_bool());
    const auto other = Expect(200, "PATCH", rule, R"({"processor":"checksum","path_glob":"*.c"})");
    EXPECT_FALSE(other.at("config").as_object().contains("fps")) << "another processor, its own defaults";
    EXPECT_EQ(other.at("path_glob").as_string(), "*.c");
}

TEST_F(RulesTest, OfASourceHoldForAllItsBuckets) {
    AddBucket("second");
    const auto id = Add(R"({"source":"local","processor":"checksum","priority":9})");
    const auto rows = Expect(200, "GET", "/v1/rules?bucket=second").at("rows").as_array();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].at("id").as_string(), id);
    EXPECT_TRUE(rows[0].at("bucket").is_null());
}

TEST_F(RulesTest, NameTheirPlaceAndAreListedBySource) {
    const auto id = Add(R"({"source":"local","processor":"checksum"})");
    const auto rows = Expect(200, "GET", "/v1/rules?source=local").at("rows").as_array();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].at("id").as_string(), id);
    EXPECT_EQ(rows[0].at("source_name"), "local");
    EXPECT_TRUE(rows[0].at("bucket_name").is_null());
    EXPECT_EQ(Expect(200, "GET", "/v1/buckets/in").at("rules").at(1).at("source_name"), "local");
    EXPECT_EQ(Expect(200, "GET", "/v1/rules?bucket=in").at("rows").at(0).at("bucket_name"), "in");
    EXPECT_EQ(Ask("GET", "/v1/rules?source=none").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/rules?source=local&bucket=in").status, 400);
    EXPECT_EQ(Ask("GET", "/v1/sources/none").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/processors/face-photo").status, 404) << "the service's own";
}

TEST_F(RulesTest, ThatChooseTheSameForTheSameAreRefusedWithTheOneThereIs) {
    const auto* const body =
        R"({"bucket":"in","processor":"checksum","path_glob":"*.a","media_types":["video/*"]})";
    const auto id = Add(body);
    const auto refused = Ask("POST", "/v1/rules", body);
    EXPECT_EQ(refused.status, 409);
    EXPECT_THAT(refused.body, HasSubstr(id));
    const auto other =
        Add(R"({"bucket":"in","processor":"checksum","path_glob":"*.b","media_types":["video/*"]})");
    EXPECT_EQ(Ask("PATCH", "/v1/rules/" + other, R"({"path_glob":"*.a"})").status, 409);
    Expect(200, "PATCH", "/v1/rules/" + other, R"({"priority":3})");
    const auto place = (folder_.Path() / "twice").string();
    std::filesystem::create_directories(place);
    const auto twice = Ask(
        "POST",
        "/v1/buckets",
        fmt::format(
            R"({{"location":"{}","rules":[{{"processor":"checksum"}},{{"processor":"checksum"}}]}})", place
        )
    );
    EXPECT_EQ(twice.status, 400);
    EXPECT_EQ(JsonOf(twice).at("pointer").as_string(), "/rules/1/processor");
}

TEST_F(RulesTest, CanBeAppliedToWhatIsThereAlready) {
    const auto item = Discover("a.bin");
    const auto rule = "/v1/rules/" + Add(kFaces);
    EXPECT_EQ(Expect(200, "GET", "/v1/items/" + item).at("processes").as_array().size(), 1U);
    EXPECT_EQ(Expect(202, "POST", rule + "/apply").at("processes"), 1);
    EXPECT_EQ(Expect(202, "POST", rule + "/apply").at("processes"), 0) << "nothing is given twice";
    EXPECT_EQ(
        Expect(200, "GET", "/v1/items/" + item).at("processes").at(1).at("processor"), "facial-recognition"
    );
    Expect(200, "PATCH", rule, R"({"enabled":false})");
    EXPECT_EQ(Ask("POST", rule + "/apply").status, 409);
    EXPECT_EQ(Ask("POST", "/v1/rules/rul_none/apply").status, 404);
    EXPECT_EQ(AskAs(read_key_, "POST", rule + "/apply").status, 403);
}

TEST_F(RulesTest, LeaveWhatTheyHaveQueuedWhenTheyAreRemoved) {
    const auto item = Discover("a.bin");
    const auto process = Expect(200, "GET", "/v1/items/" + item).at("processes").at(0);
    const auto rule = std::string(process.at("rule").as_string());
    EXPECT_EQ(Ask("DELETE", "/v1/rules/" + rule).status, 204);
    EXPECT_EQ(Expect(200, "GET", "/v1/items/" + item).at("status").as_string(), "Pending");
    EXPECT_TRUE(Expect(200, "GET", "/v1/buckets/in").at("rules").as_array().empty());
}

TEST_F(RulesTest, AreAudited) {
    const auto id = Add(kFaces);
    EXPECT_EQ(Ask("DELETE", "/v1/rules/" + id).status, 204);
    const auto rows = Expect(200, "GET", "/v1/audit").at("rows").as_array();
    EXPECT_EQ(rows.at(0).at("action").as_string(), "rule.remove");
    EXPECT_EQ(rows.at(0).at("subject").as_string(), id);
    EXPECT_EQ(rows.at(1).at("action").as_string(), "rule.add");
}

TEST_F(RulesTest, NeverShowASecretAndKeepItWhenItComesBackAsItIsShown) {
    const auto id =
        Add(R"({"bucket":"in","processor":"document-markdown","config":{"password":"open sesame"}})");
    const auto shown = Expect(200, "GET", "/v1/rules/" + id).at("config");
    EXPECT_EQ(shown.at("password"), "(set)");
    const auto kept = [&] {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.rules.Get(RuleId(id)); })
            .value()
            .config;
    };
    const auto password = [&] { return std::string(ParseJson(kept()).value().at("password").as_string()); };
    EXPECT_EQ(kept().find("sesame"), std::string::npos);
    const auto before = password();
    auto config = shown.as_object();
    config["images"] = false;
    const auto changed = Expect(
        200, "PATCH", "/v1/rules/" + id, boost::json::serialize(boost::json::object{{"config", config}})
    );
    EXPECT_EQ(changed.at("config").at("images"), false);
    EXPECT_EQ(password(), before);
    Expect(200, "PATCH", "/v1/rules/" + id, R"({"config":{"images":false}})");
    EXPECT_EQ(password(), "");
    const auto refused = Ask("PATCH", "/v1/rules/" + id, R"json({"config":{"password":"(set)"}})json");
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(JsonOf(refused).at("pointer"), "/config/password");
}

}  // namespace
}  // namespace notify
