#include "http/routes/artifacts.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/artifact_store.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::Contains;
using testing::Get;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::WireAnswer;

class ArtifactsTest : public testing::ApiTest {
protected:
    ArtifactsTest() : key_(MakeKey({"biometric"})) { Serve(); }

    WireAnswer Fetch(const ResultId& result, const std::string& lines = {}) const {
        return Connect().Ask(Get("/v1/results/" + result.Value() + "/artifacts/file", Bearer(key_) + lines));
    }

    std::string key_;
};

std::string Letters(std::size_t size) {
    std::string letters(size, ' ');
    for (std::size_t i = 0; i < size; ++i) {
        letters[i] = static_cast<char>('a' + i * 7 % 26);
    }
    return letters;
}

/// The same of a row, of a file that is streamed, and of a sealed file.
TEST_F(ArtifactsTest, AreSentWholeOrInTheRangeThatWasAskedFor) {
    const auto large = ArtifactStore::kMaxRowBytes + 500'000;
    for (const auto& [size, sealed] :
         std::vector<std::pair<std::size_t, bool>>{{1000, false}, {large, false}, {large, true}}) {
        const auto bytes = Letters(size);
        const auto result = AddResult("file", bytes, sealed);
        auto whole = Fetch(result);
        EXPECT_EQ(whole.status, 200);
        EXPECT_EQ(whole.body, bytes);
        EXPECT_EQ(whole.headers["accept-ranges"], "bytes");
        EXPECT_EQ(whole.headers["content-type"], "application/octet-stream");
        EXPECT_EQ(whole.headers["content-disposition"], "inline; filename=\"file\"");
        EXPECT_THAT(whole.headers["content-security-policy"], HasSubstr("sandbox"));
        const auto last = std::to_string(size - 1);
        const auto total = std::to_string(size);
        const std::vector<std::tuple<std::string, std::string, std::string>> ranges{
            {"0-0", "0-0", bytes.substr(0, 1)},
            {"10-19", "10-19", bytes.substr(10, 10)},
            {"900-", "900-" + last, bytes.substr(900)},
            {"-5", std::to_string(size - 5) + "-" + last, bytes.substr(size - 5)},
            {"-99999999", "0-" + last, bytes},
            {"990-99999999", "990-" + last, bytes.substr(990)},
        };
        for (const auto& [asked, given, part] : ranges) {
            auto answer = Fetch(result, "Range: bytes=" + asked + "\r\n");
            EXPECT_EQ(answer.status, 206) << asked;
            EXPECT_EQ(answer.headers["content-range"], "bytes " + given + "/" + total);
            EXPECT_EQ(answer.body, part) << asked;
        }
        for (const auto* outside : {"99999999-", "-0"}) {
            auto answer = Fetch(result, "Range: bytes=" + std::string(outside) + "\r\n");
            EXPECT_EQ(answer.status, 416) << outside;
            EXPECT_EQ(answer.headers["content-range"], "bytes */" + total);
            EXPECT_EQ(answer.headers["content-type"], "application/problem+json");
        }
    }
}

TEST_F(ArtifactsTest, AreSentWholeForARangeThatIsNotUnderstood) {
    const auto result = AddResult("file", Letters(100));
    for (const auto* range :
         {"bytes=0-1,5-6",
          "lines=1-2",
          "bytes=5-2",
          "bytes=x-",
          "bytes=-",
          "bytes=",
          "bytes=1",
          "bytes=--5",
          "bytes=99999999999999999999-"}) {
        const auto answer = Fetch(result, "Range: " + std::string(range) + "\r\n");
        EXPECT_EQ(answer.status, 200) << range;
        EXPECT_EQ(answer.body.size(), 100U);
    }
}

TEST_F(ArtifactsTest, AreNotSentToWhoHasThemAndSentWholeToWhoHasOthers) {
    const auto result = AddResult("file", Letters(100));
    const auto tag = Fetch(result).headers["etag"];
    for (const auto& condition : {tag, "\"other\", " + tag, "W/" + tag, std::string("*")}) {
        const auto answer = Fetch(result, "If-None-Match: " + condition + "\r\n");
        EXPECT_EQ(answer.status, 304) << condition;
        EXPECT_EQ(answer.headers.at("etag"), tag);
    }
    EXPECT_EQ(Fetch(result, "If-None-Match: \"other\"\r\n").status, 200);
    EXPECT_EQ(Fetch(result, "Range: bytes=0-1\r\nIf-Range: " + tag + "\r\n").status, 206);
    EXPECT_EQ(Fetch(result, "Range: bytes=0-1\r\nIf-Range: \"other\"\r\n").status, 200);
    EXPECT_EQ(Fetch(result, "Range: bytes=0-1\r\nIf-Range: Sat, 01 Jan 2026 00:00:00 GMT\r\n").status, 200);
}

TEST_F(ArtifactsTest, HaveALengthForHeadAndMayBeEmpty) {
    const auto result = AddResult("file", Letters(ArtifactStore::kMaxRowBytes + 10));
    auto wire = Connect();
    wire.Send(
        "HEAD /v1/results/" + result.Value() + "/artifacts/file HTTP/1.1\r\nHost: t\r\n" + Bearer(read_key_) +
        "\r\n"
    );
    EXPECT_EQ(
        wire.Receive(true)->headers["content-length"], std::to_string(ArtifactStore::kMaxRowBytes + 10)
    );
    EXPECT_EQ(wire.Ask(Get("/health/live")).status, 200);  // no body came before it
    const auto empty = AddResult("file", "");
    EXPECT_EQ(Fetch(empty).status, 200);
    EXPECT_EQ(Fetch(empty, "Range: bytes=0-\r\n").status, 416);
}

TEST_F(ArtifactsTest, ThatAreSealedLeaveATraceInTheAudit) {
    const auto open = AddResult("file", "a");
    EXPECT_EQ(Fetch(open).status, 200);
    EXPECT_THAT(AuditActions(), Not(Contains("artifact.read")));
    const auto sealed = AddResult("file", "b", true);
    EXPECT_EQ(Fetch(sealed).body, "b");
    EXPECT_THAT(AuditActions(), Contains("artifact.read"));
}

TEST_F(ArtifactsTest, ThatAreSealedAreNotForKeysThatOnlyReadOrWrite) {
    const auto path = "/v1/results/" + AddResult("file", "a face", true).Value() + "/artifacts/file";
    for (const auto& key : {read_key_, write_key_}) {
        const auto refused = AskAs(key, "GET", path);
        EXPECT_EQ(refused.status, 403);
        EXPECT_THAT(refused.body, HasSubstr("'biometric'"));
        EXPECT_EQ(AskAs(key, "HEAD", path).status, 403);
    }
    EXPECT_THAT(AuditActions(), Not(Contains("artifact.read")));
    EXPECT_EQ(AskAs(admin_key_, "GET", path).body, "a face");
    const auto open = "/v1/results/" + AddResult("file", "no face").Value() + "/artifacts/file";
    EXPECT_EQ(AskAs(read_key_, "GET", open).body, "no face");
}

TEST_F(ArtifactsTest, ThatAreNotThereAre404) {
    const auto result = AddResult("file", "a").Value();
    EXPECT_EQ(Ask("GET", "/v1/results/" + result + "/artifacts/other").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/results/none/artifacts/file").status, 404);
    EXPECT_EQ(Ask("GET", "/v1/results/" + result + "/artifacts/..%2f..%2fkey").status, 404);
}

}  // namespace
}  // namespace notify
