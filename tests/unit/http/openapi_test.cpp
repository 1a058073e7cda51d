#include "http/openapi.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base64.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "domain/node.hpp"
#include "people/calibration.hpp"
#include "people/gallery_departure.hpp"
#include "storage/dead_message_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/node_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "support/people.hpp"
#include "unit/http/fixture.hpp"
#include "unit/http/schema_check.hpp"

namespace notify {
namespace {

using ::testing::IsEmpty;
using testing::JsonOf;
using testing::Resolve;
using testing::SchemaFaults;

std::string Lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

/// Calls `visit` with each "$ref" anywhere in `value`.
void ForEachReference(const boost::json::value& value, const std::function<void(std::string_view)>& visit) {
    if (value.is_array()) {
        for (const auto& each : value.as_array()) {
            ForEachReference(each, visit);
        }
    } else if (value.is_object()) {
        for (const auto& member : value.as_object()) {
            if (member.key() == "$ref") {
                visit(member.value().as_string());
            }
            ForEachReference(member.value(), visit);
        }
    }
}

class OpenApiTest : public testing::ApiTest {
protected:
    OpenApiTest() : document_(JsonOf(AskAs({}, "GET", "/openapi.json")).as_object()) {}

    /// Asks for the route `pattern`; its answer must have the route's status and fit the document.
    boost::json::value Check(
        const std::string& method,
        const std::string& pattern,
        const std::string& target,
        std::string body = {}
    ) {
        checked_.insert(method + " " + pattern);
        const auto route = std::ranges::find_if(router_->Routes(), [&](const Route& r) {
            return r.method == method && r.pattern == pattern;
        });
        EXPECT_NE(route, router_->Routes().end()) << pattern;
        if (route == router_->Routes().end()) {
            return nullptr;
        }
        const auto& operation = document_.at("paths").at(pattern).at(Lower(method));
        if (const auto* wanted = operation.as_object().if_contains("requestBody")) {
            const auto& schema = wanted->at("content").at("application/json").at("schema");
            EXPECT_THAT(SchemaFaults(document_, schema, ParseJson(body).value()), IsEmpty()) << pattern;
        } else {
            EXPECT_EQ(body, "") << pattern << " takes no body";
        }
        const auto response = Ask(method, target, std::move(body));
        EXPECT_EQ(response.status, route->status) << method << ' ' << target << response.body;
        if (route->answer == nullptr) {
            return nullptr;
        }
        EXPECT_EQ(response.content_type, "application/json");
        const auto answer = JsonOf(response);
        const auto& schema = operation.at("responses")
                                 .at(std::to_string(route->status))
                                 .at("content")
                                 .at("application/json")
                                 .at("schema");
        EXPECT_THAT(SchemaFaults(document_, schema, answer), IsEmpty()) << method << ' ' << target;
        return answer;
    }

    /// The "id" (or another member) of an answer.
    static std::string Of(const boost::json::value& answer, std::string_view member = "id") {
        return std::string(answer.at(member).as_string());
    }

    void CheckBuckets();
    void CheckBacklog(const std::string& folder);
    void CheckSources();
    void CheckRules();
    void CheckItems();
    void CheckPeople(const std::string& item);
    void CheckReview(const std::string& item);
    void CheckGallery();
    void CheckWebhooks();
    void CheckMessages();
    void CheckNodes();
    void CheckTheRest();

    boost::json::object document_;
    std::set<std::string> checked_;
};

TEST_F(OpenApiTest, HasExactlyTheRoutesThereAre) {
    EXPECT_EQ(document_.at("openapi").as_string(), "3.1.0");
    std::set<std::string> routes;
    for (const auto& route : router_->Routes()) {
        EXPECT_TRUE(routes.insert(Lower(route.method) + " " + route.pattern).second)
            << route.pattern << " twice";
        EXPECT_FALSE(route.summary.empty()) << route.pattern;
        if (!route.documented) {
            EXPECT_EQ(route.status, 308) << "only another spelling of a path is left out";
            routes.erase(Lower(route.method) + " " + route.pattern);
        }
    }
    std::set<std::string> documented;
    for (const auto& path : document_.at("paths").as_object()) {
        for (const auto& operation : path.value().as_object()) {
            documented.insert(std::string(operation.key()) + " " + std::string(path.key()));
        }
    }
    EXPECT_EQ(documented, routes);
}

TEST_F(OpenApiTest, NamesEveryOperationOnceAndEveryParameterOfItsPath) {
    std::set<std::string> ids;
    for (const auto& route : router_->Routes()) {
        if (!route.documented) {
            continue;
        }
        const auto& operation = document_.at("paths").at(route.pattern).at(Lower(route.method));
        EXPECT_TRUE(ids.insert(std::string(operation.at("operationId").as_string())).second) << route.pattern;
        std::size_t in_path = 0;
        std::set<std::string> names;
        for (const auto& parameter : operation.at("parameters").as_array()) {
            const std::string name(parameter.at("name").as_string());
            EXPECT_TRUE(names.insert(name).second) << route.pattern << ' ' << name;
            if (parameter.at("in") == "path") {
                ++in_path;
                EXPECT_NE(route.pattern.find("{" + name + "}"), std::string::npos) << route.pattern;
                EXPECT_TRUE(parameter.at("required").as_bool());
            }
        }
        EXPECT_EQ(in_path, std::ranges::count(route.pattern, '{')) << route.pattern;
        const auto& security = operation.at("security").as_array();
        EXPECT_EQ(security.empty(), route.scope == Scope::kNone) << route.pattern;
        if (!security.empty()) {
            EXPECT_EQ(security[0].at("key").at(0).as_string(), ToString(route.scope)) << route.pattern;
        }
    }
}

TEST_F(OpenApiTest, ShowsThatSealedArtifactsNeedAScopeOfTheirOwn) {
    const auto& artifact =
        document_.at("paths").at("/v1/results/{result}/artifacts/{name}").at("get").at("security");
    EXPECT_EQ(boost::json::serialize(artifact), R"([{"key":["read"]},{"key":["biometric"]}])");
}

TEST_F(OpenApiTest, HasNoReferenceThatLeadsNowhereAndNoSchemaNobodyUses) {
    std::set<std::string> used;
    ForEachReference(document_, [&](std::string_view reference) {
        EXPECT_NE(Resolve(document_, reference), nullptr) << reference;
        used.insert(std::string(reference.substr(reference.rfind('/') + 1)));
    });
    for (const auto& schema : document_.at("components").at("schemas").as_object()) {
        EXPECT_TRUE(used.contains(std::string(schema.key()))) << std::string_view(schema.key());
        EXPECT_FALSE(schema.value().as_object().empty()) << std::string_view(schema.key());
    }
}

TEST_F(OpenApiTest, RefusesMembersOfRequestsThatTheServiceRefuses) {
    const auto& schemas = document_.at("components").at("schemas");
    for (const auto* name :
         {"NewBucket",
          "BucketChange",
          "BucketRule",
          "NewRule",
          "RuleChange",
          "NewEnrolment",
          "NewPhoto",
          "NewKey"}) {
        EXPECT_EQ(schemas.at(name).at("additionalProperties"), false) << name;
    }
    EXPECT_FALSE(schemas.at("Item").as_object().contains("additionalProperties"));  // answers may grow
}

TEST_F(OpenApiTest, SaysWhatEveryMemberMeans) {
    for (const auto& [type, schema] : document_.at("components").at("schemas").as_object()) {
        for (const auto& [name, member] : schema.at("properties").as_object()) {
            EXPECT_TRUE(member.as_object().contains("description")) << type << '.' << name;
        }
    }
}

TEST_F(OpenApiTest, BeginsEveryRequestWithABodyThatItsSchemaAllows) {
    for (const auto& [path, operations] : document_.at("paths").as_object()) {
        for (const auto& [method, operation] : operations.as_object()) {
            const auto* body = operation.as_object().if_contains("requestBody");
            if (body == nullptr) {
                continue;
            }
            const auto& reference = body->at("content").at("application/json").at("schema").at("$ref");
            const auto* schema = Resolve(document_, reference.as_string());
            ASSERT_TRUE(schema->as_object().contains("examples")) << path;
            EXPECT_THAT(SchemaFaults(document_, *schema, schema->at("examples").at(0)), IsEmpty()) << path;
        }
    }
}

TEST_F(OpenApiTest, TellsWhatParametersMayBe) {
    const auto& items = document_.at("paths").at("/v1/items").at("get").at("parameters");
    EXPECT_EQ(
        boost::json::serialize(items.at(0).at("schema")), R"({"type":"integer","minimum":1,"maximum":200})"
    );
    EXPECT_EQ(items.at(2).at("name").as_string(), "status");
    EXPECT_EQ(items.at(2).at("schema").at("enum").as_array().size(), 6U);
    const auto& artifact = document_.at("paths").at("/v1/results/{result}/artifacts/{name}").at("get");
    std::set<std::string> headers;
    for (const auto& parameter : artifact.at("parameters").as_array()) {
        if (parameter.at("in") == "header") {
            headers.insert(std::string(parameter.at("name").as_string()));
        }
    }
    EXPECT_EQ(headers, (std::set<std::string>{"If-None-Match", "If-Range", "Range"}));
    for (const auto* status : {"200", "206", "304", "416", "default"}) {
        EXPECT_TRUE(artifact.at("responses").as_object().contains(status)) << status;
    }
}

TEST_F(OpenApiTest, SaysTheTypeOfEveryAnswerThatHasABody) {
    Serve();
    for (const auto& route : router_->Routes()) {
        const bool has_body = route.status != 204 && route.status != 308;
        EXPECT_EQ(route.answer != nullptr || !route.media_types.empty(), has_body) << route.pattern;
    }
    for (const auto* path : {"/metrics", "/openapi.json", "/docs"}) {
        const auto type = Ask("GET", path).content_type;
        const auto& content =
            document_.at("paths").at(path).at("get").at("responses").at("200").at("content");
        EXPECT_TRUE(content.as_object().contains(type.substr(0, type.find(';')))) << path << ' ' << type;
    }
}

TEST_F(OpenApiTest, IsTheSameBytesEachTime) {
    EXPECT_EQ(OpenApiDocument(router_->Routes()), OpenApiDocument(router_->Routes()));
}

TEST_F(OpenApiTest, DescribesProblems) {
    const auto& schema = document_.at("components").at("schemas").at("Problem");
    for (const auto& response :
         {Ask("GET", "/nowhere"),
          Ask("GET", "/v1/items/none"),
          Ask("BREW", "/v1/items"),
          Ask("POST", "/v1/keys"),
          Ask("POST", "/v1/keys", "{}"),
          AskAs({}, "GET", "/v1/keys"),
          AskAs(read_key_, "GET", "/v1/keys")}) {
        EXPECT_EQ(response.content_type, "application/problem+json");
        EXPECT_THAT(SchemaFaults(document_, schema, JsonOf(response)), IsEmpty()) << response.body;
    }
}

TEST_F(OpenApiTest, DescribesAServiceThatIsNotReady) {
    ready_ = false;
    const auto response = AskAs({}, "GET", "/health/ready");
    EXPECT_THAT(
        response.headers, ::testing::Contains(std::pair<std::string, std::string>("Retry-After", "5"))
    );
    EXPECT_EQ(response.status, 503);
    const auto& described = document_.at("paths").at("/health/ready").at("get").at("responses").at("503");
    const auto& schema = described.at("content").at("application/json").at("schema");
    EXPECT_THAT(SchemaFaults(document_, schema, JsonOf(response)), IsEmpty());
}

void OpenApiTest::CheckBuckets() {
    const auto id = AddBucket();
    Check("POST", "/v1/buckets/{bucket}/test", "/v1/buckets/in/test");
    Check("GET", "/v1/buckets", "/v1/buckets");
    Check("GET", "/v1/buckets/{bucket}", "/v1/buckets/in");
    Check("PATCH", "/v1/buckets/{bucket}", "/v1/buckets/" + id, R"({"weight":2,"include":["*"]})");
    Check("POST", "/v1/buckets/{bucket}/scan", "/v1/buckets/in/scan");
    Check("POST", "/v1/buckets/{bucket}/publish", "/v1/buckets/in/publish");
    const auto other = folder_.Path() / "other";
    std::filesystem::create_directories(other);
    Check("POST", "/v1/buckets/{bucket}/test", "/v1/buckets/in/test");
    CheckBacklog(other.string());
    const auto made =
        Check("POST", "/v1/buckets", "/v1/buckets", fmt::format(R"({{"location":"{}"}})", other.string()));
    Check("DELETE", "/v1/buckets/{bucket}", "/v1/buckets/" + Of(made));
    EXPECT_EQ(Ask("GET", "/v1/buckets/" + Of(made)).status, 404);
}

void OpenApiTest::CheckBacklog(const std::string& folder) {
    std::ofstream(std::filesystem::path(folder) / "a.mp4") << "media";
    Check(
        "POST",
        "/v1/buckets/preview",
        "/v1/buckets/preview",
        fmt::format(R"({{"location":"{}","rules":[{{"processor":"checksum"}}]}})", folder)
    );
    Check(
        "POST",
        "/v1/buckets/import",
        "/v1/buckets/import",
        R"({"csv":"kind,endpoint,bucket\ns3,https://s3.example,media\ns3,,\n","backlog":{"policy":"ignore"}})"
    );
    Check("POST", "/v1/buckets/{bucket}/done", "/v1/buckets/in/done", R"({"rows":[{"key":"a"},{"key":""}]})");
    Check("POST", "/v1/buckets/{bucket}/rerun", "/v1/buckets/in/rerun", R"({"mode":"missing"})");
    Check("POST", "/v1/intake/s3", "/v1/intake/s3", R"({"Event":"s3:TestEvent"})");
}

void OpenApiTest::CheckSources() {
    Check("GET", "/v1/store-kinds", "/v1/store-kinds");
    Check(
        "POST", "/v1/sources", "/v1/sources", R"({"kind":"s3","config":{"endpoint":"https://s3.example"}})"
    );
    const auto given = Check(
        "POST",
        "/v1/sources/{source}/secrets",
        "/v1/sources/s3/secrets",
        R"({"access_key":"AK","secret_key":"s"})"
    );
    const auto number = std::to_string(given.at("secrets").at(0).at("number").as_int64());
    Check("GET", "/v1/sources", "/v1/sources");
    Check("GET", "/v1/sources/{source}", "/v1/sources/s3");
    Check("PATCH", "/v1/sources/{source}", "/v1/sources/s3", R"({"name":"archive"})");
    Check("DELETE", "/v1/sources/{source}/secrets/{number}", "/v1/sources/archive/secrets/" + number);
    Check("DELETE", "/v1/sources/{source}", "/v1/sources/archive");
    Expect(
        201,
        "POST",
        "/v1/sources",
        R"({"kind":"sqs","name":"events","config":{"queue_url":"https://sqs.eu-west-1.amazonaws.com/1/q"}})"
    );
    Check("POST", "/v1/sources/{source}/test", "/v1/sources/events/test");
    // without a secret no request is made
    Expect(201, "POST", "/v1/sources", R"({"kind":"iconik","config":{"endpoint":"https://iconik.example"}})");
    Check(
        "POST",
        "/v1/sources/{source}/setup",
        "/v1/sources/iconik/setup",
        R"({"system_endpoint":"https://notify.example"})"
    );
}

void OpenApiTest::CheckRules() {
    const auto made = Check(
        "POST",
        "/v1/rules",
        "/v1/rules",
        R"({"bucket":"in","processor":"checksum","media_types":["video/*"]})"
    );
    const auto id = Of(made);
    Check("GET", "/v1/rules", "/v1/rules?bucket=in");
    Check("POST", "/v1/rules/{rule}/apply", "/v1/rules/" + id + "/apply");
    Check("GET", "/v1/rules/{rule}", "/v1/rules/" + id);
    Check("PATCH", "/v1/rules/{rule}", "/v1/rules/" + id, R"({"enabled":false})");
    Check("DELETE", "/v1/rules/{rule}", "/v1/rules/" + id);
}

void OpenApiTest::CheckItems() {
    const auto item = Discover("a.bin");
    Check("GET", "/v1/items", "/v1/items?status=Pending&bucket=in&limit=1");
    const auto whole = Check("GET", "/v1/items/{item}", "/v1/items/" + item);
    const auto process = Of(whole.at("processes").at(0));
    Check("GET", "/v1/processes/{process}", "/v1/processes/" + process);
    Check("GET", "/v1/items/{item}/exports/{format}", "/v1/items/" + item + "/exports/notifications.json");
    Check("POST", "/v1/items/{item}/cancel", "/v1/items/" + item + "/cancel");
    Check("POST", "/v1/items/{item}/rerun", "/v1/items/" + item + "/rerun");
    Check("POST", "/v1/items/cancel", "/v1/items/cancel?bucket=in");
    Check("POST", "/v1/items/rerun", "/v1/items/rerun?status=Cancelled");
    Check("GET", "/v1/items/{item}", "/v1/items/" + item);  // with a history
    const auto result = AddResult("file", "bytes").Value();
    const auto found = Check("GET", "/v1/results/{result}", "/v1/results/" + result);
    const auto stored =
        storage_->Read([&](const Snapshot& s) { return s.results.Get(ResultId(result)); }).value();
    EXPECT_EQ(found.at("document_sha256").as_string(), Sha256Hex(stored.document));
    Check("GET", "/v1/results/{result}/artifacts/{name}", "/v1/results/" + result + "/artifacts/file");
    Check("GET", "/v1/processors", "/v1/processors");
    Check("GET", "/v1/processors/{processor}", "/v1/processors/checksum");
    CheckPeople(item);
}

void OpenApiTest::CheckReview(const std::string& item) {
    Appearance proposed{
        .id = AppearanceId("app_1"), .item_id = ItemId(item), .result_id = ResultId("res_faces")
    };
    proposed.person_id = PersonId("per_1");
    proposed.certainty = Certainty::kPossible;
    proposed.probability = 0.5;
    proposed.end_ms = 1001;
    proposed.tracks = {TrackId("trk_1")};
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.people.ReplaceAppearances(ItemId(item), proposed.result_id, {proposed});
    }));
    const auto open = Check("GET", "/v1/review", "/v1/review?limit=5");
    ASSERT_EQ(open.at("rows").as_array().size(), 1U);
    const auto& question = open.at("rows").at(0);
    EXPECT_NEAR(question.at("gain_bits").to_number<double>(), 1, 1e-9);
    EXPECT_EQ(question.at("settles").at(0), "app_1");
    EXPECT_EQ(open.at("proposals"), 1);
    const auto path = "/v1/review/" + std::string(question.at("id").as_string()) + "/skip";
    const auto skip = Check("POST", "/v1/review/{question}/skip", path);
    EXPECT_EQ(skip.at("question"), question.at("id"));
    EXPECT_EQ(skip.at("until").as_string(), ToRfc3339(clock_.Now() + std::chrono::hours(24 * 7)));
    const auto after = Check("GET", "/v1/review", "/v1/review");
    EXPECT_TRUE(after.at("rows").as_array().empty());
    EXPECT_EQ(after.at("skipped"), 1);
    EXPECT_EQ(Ask("POST", "/v1/review/que_none/skip").status, 404);
}

void OpenApiTest::CheckPeople(const std::string& item) {
    const StoredResult found{
        .id = ResultId("res_faces"),
        .lineage_key = "faces",
        .processor = "facial-recognition",
        .processor_version = "1",
        .model_digest = std::string(64, 'd'),
        .config_hash = std::string(64, 'c'),
        .embedding_model = std::string(64, 'e'),
        .document =
            R"({"schema":"face_tracks/1","media":{},"cuts_ms":[],"tracks":[{"track":1,"link":1,"start_ms":0,)"
            R"("end_ms":1001,"best_shot_ms":500,"best_box":{"x":1,"y":2,"width":3,"height":4},"quality":0.5,)"
            R"("boxes":[],"shots":[{"ms":500,"quality":0.5}],"embedding_offset":0,"thumbnail":""}]})",
        .artifacts = {},
        .created_at = clock_.Now()
    };
    const auto result = found.id;
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) -> Result<void> {
        Process process;
        process.id = ProcessId("prc_faces");
        process.item_id = ItemId(item);
        process.bucket_id = transaction.items.Get(ItemId(item))->bucket_id;
        process.processor = "facial-recognition";
        process.config = "{}";
        process.config_hash = std::string(64, 'c');
        process.status = Status::kCompleted;
        process.result_id = result;
        process.since = clock_.Now();
        process.created_at = clock_.Now();
        process.finished_at = clock_.Now();
        EXPECT_TRUE(transaction.results.AddOrGet(found));
        EXPECT_TRUE(transaction.processes.Add(process));
        EXPECT_TRUE(
            testing::AddPerson(
                transaction, {.id = PersonId("per_1"), .name = "Ada", .created_at = clock_.Now()}
            )
        );
        const auto crop = artifacts_->Prepare(CropRef({}), "\xff\xd8\xff a face").value();
        EXPECT_TRUE(crop.Commit(transaction));
        EnrolmentPhoto photo{.id = PhotoId("pho_1"), .person_id = PersonId("per_1"), .file_name = "a.jpg"};
        photo.sha256 = std::string(64, 'a');
        photo.embedding[0] = 1;
        photo.model = std::string(64, 'e');
        photo.crop_sha256 = crop.ref.sha256;
        photo.created_at = clock_.Now();
        EXPECT_TRUE(testing::AddPhoto(transaction, photo));
        Appearance appearance{.id = AppearanceId("app_1"), .item_id = ItemId(item), .result_id = result};
        appearance.person_id = PersonId("per_1");
        appearance.end_ms = 1001;
        appearance.tracks = {TrackId("trk_1")};
        appearance.timebase = {
            .rate = {.numerator = 30000, .denominator = 1001}, .start = 107'892, .drop_frame = true
        };
        FaceTrack track;
        track.id = TrackId("trk_1");
        track.result_id = result;
        track.number = 1;
        track.link = 1;
        track.end_ms = 1001;
        track.shots = {photo.embedding};
        EXPECT_TRUE(transaction.people.AddTracks({track}));
        return transaction.people.ReplaceAppearances(ItemId(item), result, {appearance});
    }));
    Check("GET", "/v1/people", "/v1/people");
    Check("GET", "/v1/erasures", "/v1/erasures");
    Check("GET", "/v1/people/{person}", "/v1/people/Ada");
    Check("PATCH", "/v1/people/{person}", "/v1/people/Ada", R"({"name":"Ada L."})");
    const auto seen = Check("GET", "/v1/appearances", "/v1/appearances?person=per_1&item=" + item);
    ASSERT_EQ(seen.at("rows").as_array().size(), 1U);
    const auto& row = seen.at("rows").at(0);
    EXPECT_EQ(row.at("frame_rate"), "30000/1001");
    EXPECT_EQ(row.at("drop_frame"), true);
    EXPECT_EQ(row.at("end_frame"), 30);
    EXPECT_EQ(row.at("start_timecode"), "01:00:00;00");
    EXPECT_EQ(row.at("end_timecode"), "01:00:01;00");
    Check(
        "POST",
        "/v1/people",
        "/v1/people",
        R"({"name":"Bo","photos":[{"file_name":"b.jpg","base64":"AAAA","face":{"x":1,"y":2.5}}]})"
    );
    const auto why = Check("GET", "/v1/appearances/{appearance}/explain", "/v1/appearances/app_1/explain");
    EXPECT_EQ(why.at("decided_by"), "link");
    const auto& exemplar = why.at("exemplars").at(0);
    EXPECT_EQ(exemplar.at("crop"), "/v1/people/per_1/photos/pho_1/crop");
    Check("GET", "/v1/people/{person}/photos/{photo}/crop", std::string(exemplar.at("crop").as_string()));
    EXPECT_EQ(exemplar.at("probability").to_number<double>(), ProbabilityOf(0, 1)) << "the very same face";
    EXPECT_EQ(why.at("people"), 1);
    EXPECT_EQ(why.at("embedding_model").as_string(), found.embedding_model);
    EXPECT_EQ(why.at("model_digest").as_string(), found.model_digest);
    EXPECT_EQ(why.at("config_hash").as_string(), found.config_hash);
    const auto edit = Check(
        "POST", "/v1/edits", "/v1/edits", R"({"kind":"confirm","person":"Ada L.","appearances":["app_1"]})"
    );
    Check(
        "GET",
        "/v1/appearances",
        "/v1/appearances?with=per_1&bucket=in&since=2026-01-31T12:00:00Z&state=unconfirmed"
    );
    const auto id = std::string(edit.at("id").as_string());
    Check("GET", "/v1/edits/{edit}", "/v1/edits/" + id);
    Check("GET", "/v1/edits", "/v1/edits?person=per_1");
    Check("POST", "/v1/edits/{edit}/undo", "/v1/edits/" + id + "/undo");
    CheckReview(item);
    FoundFace like;
    like.track = TrackId("trk_1");
    like.items = {ItemId(item)};
    FaceAnswer answer;
    answer.person =
        PersonCandidate{.person = PersonId("per_1"), .name = "Ada L.", .distance = 0.2, .probability = 0.9};
    answer.candidates = {*answer.person};
    answer.seen = {like};
    search_faces_ = [&](std::string_view, std::size_t, double) { return std::vector{answer, FaceAnswer{}}; };
    const auto faces =
        Check("POST", "/v1/faces/search", "/v1/faces/search", R"({"base64":"AAAA","limit":3})");
    EXPECT_EQ(faces.at("rows").at(0).at("person").at("name"), "Ada L.");
    EXPECT_TRUE(faces.at("rows").at(1).at("person").is_null());
    const auto audited =
        storage_->Read([](const Snapshot& s) { return s.keys.Audit({.after = {}, .limit = 1}); });
    EXPECT_EQ(audited.value().rows.at(0).action, "face.search");
    const auto what_if = Check(
        "GET",
        "/v1/appearances/what-if",
        "/v1/appearances/what-if?confirmed=0.2&proposed=0.25&margin=0.05&bucket=in&limit=10"
    );
    EXPECT_EQ(what_if.at("confirmed").to_number<double>(), 0.2);
    EXPECT_EQ(what_if.at("moved").as_array().size(), 9U);
    CheckGallery();
    Check("DELETE", "/v1/people/{person}/photos/{photo}", "/v1/people/per_1/photos/pho_1");
    Check("DELETE", "/v1/people/{person}", "/v1/people/per_1");
}

void OpenApiTest::CheckGallery() {
    constexpr const char* kExport = R"({"passphrase":"correct horse battery","people":["Ada L."]})";
    const auto exported = Ask("POST", "/v1/people/export", kExport);
    EXPECT_EQ(exported.status, 200) << exported.body;
    EXPECT_EQ(exported.content_type, "application/octet-stream");
    checked_.insert("POST /v1/people/export");
    const auto import = [&](std::string_view passphrase, std::string_view file) {
        return fmt::format(R"({{"passphrase":"{}","base64":"{}"}})", passphrase, ToBase64(file));
    };
    const auto refused = Ask("POST", "/v1/people/import", import("another passphrase", exported.body));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(JsonOf(refused).at("detail"), "the passphrase is not the one that the gallery was sealed with");
    const auto people = Check(
        "POST", "/v1/people/import", "/v1/people/import", import("correct horse battery", exported.body)
    );
    EXPECT_EQ(people.at("rows").at(0).at("outcome"), "unchanged");
    EXPECT_EQ(Ask("POST", "/v1/people/export", R"({"passphrase":"short"})").status, 400);
}

void OpenApiTest::CheckWebhooks() {
    const auto endpoint = Of(Check(
        "POST", "/v1/webhooks", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000/hook","types":["item.*"]})"
    ));
    const auto at = "/v1/webhooks/" + endpoint;
    Check("GET", "/v1/webhooks", "/v1/webhooks");
    Check("GET", "/v1/webhooks/{endpoint}", at);
    Check("POST", "/v1/webhooks/{endpoint}/rotate", at + "/rotate", R"({"overlap_hours":1})");
    Check("POST", "/v1/webhooks/{endpoint}/replay", at + "/replay", R"({"since":"2026-01-01T00:00:00Z"})");
    Check("PATCH", "/v1/webhooks/{endpoint}", at, R"({"active":false})");
    Check("PATCH", "/v1/webhooks/{endpoint}", at, R"({"active":true})");
    const auto test = Check("POST", "/v1/webhooks/{endpoint}/test", at + "/test");
    const auto delivery = "/v1/deliveries/" + Of(test, "delivery");
    Check("GET", "/v1/deliveries", "/v1/deliveries?status=Pending&endpoint=" + endpoint);
    FinishDeliveries(Status::kCompleted);
    EXPECT_EQ(Check("GET", "/v1/deliveries/{delivery}", delivery).at("attempts").as_array().size(), 1U);
    Check("POST", "/v1/deliveries/{delivery}/resend", delivery + "/resend");
    Check("DELETE", "/v1/webhooks/{endpoint}", at);
}

void OpenApiTest::CheckMessages() {
    Check(
        "POST",
        "/v1/intake/iconik",
        "/v1/intake/iconik",
        R"({"asset_id":"3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11"})"
    );
    EXPECT_EQ(Check("GET", "/v1/news", "/v1/news").at("rows").as_array().size(), 1U);
    for (const auto* const id : {"1", "2"}) {
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.dead_messages.Add(
                {.id = DeadMessageId(std::string("dead_") + id),
                 .message_id = id,
                 .reason = "unrecognised",
                 .body = R"({"bucket":"media","key":"a.mxf"})",
                 .created_at = clock_.Now()}
            );
        }));
    }
    Check("POST", "/v1/dead-messages/{message}/replay", "/v1/dead-messages/dead_1/replay");
    Check("GET", "/v1/dead-messages", "/v1/dead-messages");
    Check("GET", "/v1/dead-messages/{message}", "/v1/dead-messages/dead_1");
    Check("DELETE", "/v1/dead-messages/{message}", "/v1/dead-messages/dead_2");
}

void OpenApiTest::CheckTheRest() {
    const auto events = Check("GET", "/v1/events", "/v1/events");
    Check("GET", "/v1/events/{event}", "/v1/events/" + Of(events.at("rows").at(0)));
    Check("GET", "/v1/events/stream", "/v1/events/stream");
    Check("GET", "/v1/keys", "/v1/keys");
    const auto key = Check("POST", "/v1/keys", "/v1/keys", R"({"name":"k","scopes":["read"]})");
    Check("DELETE", "/v1/keys/{key}", "/v1/keys/" + Of(key));
    Check("GET", "/v1/audit", "/v1/audit");
    for (const auto* path : {"/", "/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs"}) {
        Check("GET", path, path);
    }
    Check("GET", "/docs/{file}", "/docs/init.js");
}

void OpenApiTest::CheckNodes() {
    const Node node{
        .id = NodeId("nod_1"),
        .name = "one",
        .host = "localhost",
        .version = "1",
        .roles = Roles::All(),
        .workers = 2,
        .started_at = clock_.Now(),
        .heard_at = clock_.Now()
    };
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) { return transaction.nodes.Join(node); }));
    const auto pause = Check(
        "POST", "/v1/pauses", "/v1/pauses", R"({"of":"node","subject":"localhost","reason":"new memory"})"
    );
    EXPECT_EQ(pause.at("subject").as_string(), "one");
    const auto nodes = Check("GET", "/v1/nodes", "/v1/nodes");
    EXPECT_EQ(Check("GET", "/v1/system", "/v1/system").at("workers").as_int64(), 3);
    EXPECT_THAT(
        std::string(nodes.at("rows").at(0).at("paused").as_string()), ::testing::HasSubstr("new memory")
    );
    EXPECT_EQ(Check("GET", "/v1/pauses", "/v1/pauses").at("rows").as_array().size(), 1U);
    const auto* const runs = "/v1/retention/runs";
    EXPECT_EQ(Check("POST", runs, runs, R"({"dry_run":true})").at("results").as_int64(), 0);
    EXPECT_EQ(Check("POST", runs, runs, "{}").at("results").as_int64(), 5);
    Check("DELETE", "/v1/pauses/{pause}", "/v1/pauses/" + std::string(pause.at("id").as_string()));
}

TEST_F(OpenApiTest, DescribesTheAnswersOfAllRoutesAsTheyReallyAre) {
    CheckBuckets();
    CheckSources();
    CheckRules();
    CheckItems();
    CheckWebhooks();
    CheckMessages();
    CheckNodes();
    CheckTheRest();
    for (const auto& route : router_->Routes()) {
        EXPECT_TRUE(!route.documented || checked_.contains(route.method + " " + route.pattern))
            << route.method << route.pattern;
    }
}

}  // namespace
}  // namespace notify
