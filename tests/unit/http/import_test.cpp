// POST /v1/buckets/import, /done and /rerun, and what a new bucket must say of its backlog.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "storage/source_repository.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::JsonOf;
using ::testing::Not;

constexpr auto kHeader = "kind,endpoint,region,bucket,prefix,access_key_ref,secret_ref,processor,active\r\n";

class ImportTest : public testing::ApiTest {
protected:
    boost::json::value Import(
        const std::string& lines, const std::string& more = R"("backlog":{"policy":"ignore"})"
    ) {
        const boost::json::object csv{{"csv", kHeader + lines}};
        auto body = ToJsonText(csv);
        body.insert(body.size() - 1, more.empty() ? "" : "," + more);
        return Expect(200, "POST", "/v1/buckets/import", body);
    }

    std::string SentenceOf(const std::string& line) {
        const auto answer = Import(line);
        const auto& refused = answer.at("refused").as_array();
        return refused.empty() ? "" : std::string(refused.front().at("sentence").as_string());
    }
};

TEST_F(ImportTest, MakesBucketsAndASourceForEachConnectionAndNothingTheSecondTime) {
    std::string lines;
    for (int i = 0; i < 100; ++i) {
        lines += fmt::format(
            "object_matrix,https://om{}.example:9000,,vault{},in/,STORE_KEY,STORE_SECRET,checksum,{}\r\n",
            i % 4,
            i,
            i % 2 == 0 ? "false" : ""
        );
    }
    const auto first = Import(lines);
    EXPECT_EQ(first.at("made").as_int64(), 100);
    EXPECT_EQ(first.at("sources_made").as_int64(), 4);
    EXPECT_TRUE(first.at("refused").as_array().empty()) << ToJsonText(first);
    const auto second = Import(lines);
    EXPECT_EQ(second.at("made").as_int64(), 0);
    EXPECT_EQ(second.at("sources_made").as_int64(), 0);
    EXPECT_EQ(second.at("unchanged").as_int64(), 100);
    const auto buckets = Expect(200, "GET", "/v1/buckets?limit=200").at("rows").as_array();
    ASSERT_EQ(buckets.size(), 100U);
    int active = 0;
    for (const auto& bucket : buckets) {
        EXPECT_EQ(bucket.at("kind").as_string(), "object_matrix");
        EXPECT_EQ(bucket.at("backlog").at("policy").as_string(), "ignore");
        EXPECT_EQ(bucket.at("rules").as_array().size(), 1U);
        active += bucket.at("active").as_bool() ? 1 : 0;
    }
    EXPECT_EQ(active, 50);
    const auto sources = Expect(200, "GET", "/v1/sources").at("rows").as_array();
    ASSERT_EQ(sources.size(), 4U);
    EXPECT_EQ(sources[0].at("name").as_string(), "om0.example:9000");
    EXPECT_EQ(sources[0].at("config").at("credentials").at("secret_key").as_string(), "STORE_SECRET");
}

TEST_F(ImportTest, UsesTheSourceThatIsThereWhateverElseItIsConfiguredWith) {
    Expect(
        201,
        "POST",
        "/v1/sources",
        R"({"kind":"s3","name":"mine","config":{"endpoint":"https://s3.example:9000/","proxy":"http://proxy.example:3128"}})"
    );
    const auto answer = Import("s3,https://s3.example:9000,,media,,,,,\n");
    EXPECT_EQ(answer.at("sources_made").as_int64(), 0);
    EXPECT_EQ(Expect(200, "GET", "/v1/buckets/media").at("source").as_string(), "mine");
}

TEST_F(ImportTest, TakesTheGoodLinesAndSaysOfEachOtherWhatIsWrong) {
    const auto answer = Import(
        "s3,https://s3.example,,good,,,,checksum,\n"
        "s4,https://s3.example,,a,,,,,\n"
        "s3,https://s3.example,,b,,,,transcribe,\n"
        "s3,https://s3.example,,c,,,,,maybe\n"
        "s3,https://s3.example,,d/e,,,,,\n"
        "s3,https://s3.example,,f,,,,facial-recognition,\n"
    );
    EXPECT_EQ(answer.at("made").as_int64(), 1);
    const auto& refused = answer.at("refused").as_array();
    ASSERT_EQ(refused.size(), 5U);
    const char* const sentences[] = {
        "there is no store kind 's4'",
        "there is no processor 'transcribe'",
        "'maybe' is neither true nor false",
        "goes into the column prefix",
        "biometric_basis"
    };
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(refused[i].at("line").as_int64(), static_cast<std::int64_t>(i) + 3);
        EXPECT_THAT(std::string(refused[i].at("sentence").as_string()), HasSubstr(sentences[i]));
    }
}

TEST_F(ImportTest, RefusesALineWhoseObjectsAnotherBucketHas) {
    const auto answer =
        Import("s3,https://s3.example,,media,,,,,\r\ns3,https://s3.example,,media,in/,,,,\r\n");
    EXPECT_EQ(answer.at("made").as_int64(), 1);
    EXPECT_EQ(answer.at("refused").at(0).at("line").as_int64(), 3);
    EXPECT_THAT(std::string(answer.at("refused").at(0).at("sentence").as_string()), HasSubstr("overlap"));
}

TEST_F(ImportTest, NeverKeepsAKeyThatWasPastedInThePlaceOfItsName) {
    for (const auto* pasted : {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG"}) {
        const auto sentence = SentenceOf(fmt::format("s3,https://s3.example,,a,,STORE_KEY,{},,\n", pasted));
        EXPECT_THAT(sentence, HasSubstr("secret_ref: give the name of the setting"));
        EXPECT_THAT(sentence, Not(HasSubstr(pasted)));
    }
    EXPECT_THAT(SentenceOf("s3,https://s3.example,,a,,STORE_KEY,,,\n"), HasSubstr("needs its secret key"));
}

TEST_F(ImportTest, SaysWhereWhatIsThereIsNotAsTheLineWantsIt) {
    EXPECT_EQ(Import("s3,https://s3.example,,media,,,,,true\n").at("made").as_int64(), 1);
    EXPECT_THAT(
        SentenceOf("s3,https://s3.example,,media,,,,checksum,true\n"),
        HasSubstr("without a rule for checksum")
    );
    EXPECT_THAT(
        SentenceOf("s3,https://s3.example,,media,,,,,false\n"), HasSubstr("is switched on; change it")
    );
}

TEST_F(ImportTest, NeedsToKnowWhatBecomesOfTheBacklog) {
    const auto answer = Import("s3,https://s3.example,,media,,,,,\n", "");
    EXPECT_THAT(ToJsonText(answer), HasSubstr("backlog: say what becomes of what is in it already"));
    Expect(
        201,
        "POST",
        "/v1/sources",
        R"({"kind":"s3","name":"mine","config":{"endpoint":"https://s3.example"}})"
    );
    const auto bucket = [](const std::string& more) {
        return R"({"location":"media","source":"mine","active":false)" + more + "}";
    };
    const auto refused = Ask("POST", "/v1/buckets", bucket(""));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(JsonOf(refused).at("pointer").as_string(), "/backlog");
    EXPECT_THAT(refused.body, HasSubstr("buckets preview"));
    const auto empty = Ask("POST", "/v1/buckets", bucket(R"(,"backlog":{"policy":"budget"})"));
    EXPECT_EQ(JsonOf(empty).at("pointer").as_string(), "/backlog/items_per_day");
    EXPECT_EQ(
        Ask("POST", "/v1/buckets", bucket(R"(,"backlog":{"policy":"budget","items_per_day":9})")).status, 201
    );
}

TEST_F(ImportTest, IsForAdministratorsBecauseItMakesSources) {
    const auto body = R"({"csv":"kind\n"})";
    EXPECT_EQ(AskAs(write_key_, "POST", "/v1/buckets/import", body).status, 403);
    EXPECT_EQ(Ask("POST", "/v1/buckets/import", body).status, 400);
    EXPECT_EQ(Ask("POST", "/v1/buckets/import", "{}").status, 400);
}

TEST_F(ImportTest, MarksWhatIsDoneElsewhereAndTakesItBack) {
    AddBucket();
    const auto body = [](const char* more) {
        return fmt::format(
            R"({{"csv":"key,at\nfilms%2Fa+b.mp4,\n,\nc.mp4,yesterday\n","percent_encoded":true{}}})", more
        );
    };
    const auto marked = Expect(200, "POST", "/v1/buckets/in/done", body(""));
    EXPECT_EQ(marked.at("marked").as_int64(), 1);
    EXPECT_EQ(marked.at("refused").as_array().size(), 2U);
    EXPECT_EQ(Expect(200, "POST", "/v1/buckets/in/done", body("")).at("unchanged").as_int64(), 1);
    EXPECT_EQ(Expect(200, "POST", "/v1/buckets/in/done", body(R"(,"undo":true)")).at("marked").as_int64(), 1);
    EXPECT_EQ(Ask("POST", "/v1/buckets/none/done", body("")).status, 404);
    EXPECT_EQ(Ask("POST", "/v1/buckets/in/done", "{}").status, 400);
}

TEST_F(ImportTest, RunsABucketAgainAsItIsTold) {
    AddBucket();
    Discover("a.mp4");
    const auto dry = Expect(202, "POST", "/v1/buckets/in/rerun", R"({"mode":"force","dry_run":true})");
    EXPECT_EQ(dry.at("looked_at").as_int64(), 1);
    EXPECT_EQ(dry.at("busy").as_int64(), 1);
    EXPECT_EQ(Ask("POST", "/v1/buckets/in/rerun", R"({"mode":"all"})").status, 400);
    const auto unknown = Ask("POST", "/v1/buckets/in/rerun", R"({"mode":"force","processors":["nothing"]})");
    EXPECT_EQ(JsonOf(unknown).at("pointer").as_string(), "/processors/0");
}

TEST_F(ImportTest, PreviewsASequenceAsTheOneSkippedItemItWillBe) {
    const auto folder = folder_.Path() / "frames";
    std::filesystem::create_directories(folder);
    for (int i = 0; i < 120; ++i) {
        std::ofstream(folder / fmt::format("shot.{:04}.dpx", i)) << "frame";
    }
    std::ofstream(folder / "take.mp4") << "media";
    const auto preview = Expect(
        200,
        "POST",
        "/v1/buckets/preview",
        fmt::format(R"({{"location":"{}","rules":[{{"processor":"checksum"}}]}})", folder.string())
    );
    EXPECT_EQ(preview.at("objects").as_int64(), 121);
    EXPECT_EQ(preview.at("skipped").at(0).at("code").as_string(), "in_sequence");
    EXPECT_EQ(preview.at("skipped").at(0).at("objects").as_int64(), 120);
    EXPECT_EQ(preview.at("work").at(0).at("objects").as_int64(), 1);
}

TEST_F(ImportTest, PreviewsAFolderWithoutKeepingAnything) {
    const auto folder = folder_.Path() / "old";
    std::filesystem::create_directories(folder);
    for (const auto* name : {"a.mp4", "b.MP4", "c.txt", "d.tmp"}) {
        std::ofstream(folder / name) << "12345";
    }
    const auto preview = Expect(
        200,
        "POST",
        "/v1/buckets/preview",
        fmt::format(
            R"({{"location":"{}","exclude":["*.tmp"],"rules":[{{"processor":"facial-recognition","biometric_basis":"consent"}}]}})",
            folder.string()
        )
    );
    EXPECT_TRUE(preview.at("complete").as_bool());
    EXPECT_EQ(preview.at("objects").as_int64(), 4);
    EXPECT_EQ(preview.at("bytes").as_int64(), 20);
    EXPECT_EQ(preview.at("extensions").at(0).at("extension").as_string(), "mp4");
    EXPECT_EQ(preview.at("extensions").at(0).at("objects").as_int64(), 2);
    EXPECT_EQ(preview.at("skipped").as_array().size(), 1U) << ToJsonText(preview);
    EXPECT_EQ(preview.at("skipped").at(0).at("code").as_string(), "globs");
    // a name that tells nothing may be media: only the bytes say
    EXPECT_EQ(preview.at("work").at(0).at("objects").as_int64(), 3);
    EXPECT_THAT(std::string(preview.at("work").at(0).at("basis").as_string()), HasSubstr("assumed"));
    EXPECT_TRUE(Expect(200, "GET", "/v1/buckets").at("rows").as_array().empty());
}

}  // namespace
}  // namespace notify
