// What is judged by the header alone, before a body is read.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

class AdmissionTest : public testing::ApiTest {
protected:
    AdmissionTest() { Serve(); }

    /// A POST whose body is announced and never sent.
    [[nodiscard]] testing::WireAnswer Announce(
        const std::string& target, const std::string& length, const std::string& lines
    ) const {
        return Connect().Ask(
            "POST " + target + " HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: " + length +
            "\r\n" + lines + "\r\n"
        );
    }
};

TEST_F(AdmissionTest, AStrangersBodyIsNeitherAskedForNorRead) {
    const auto wrong = Bearer(read_key_.substr(0, read_key_.size() - 1) + "x");
    for (const auto& lines : {std::string(), wrong}) {
        for (const auto* length : {"2", "40000000", "99999999999"}) {
            auto answer = Announce("/v1/people", length, lines);
            EXPECT_EQ(answer.status, 401) << length;  // not 100
            EXPECT_EQ(answer.headers["content-type"], "application/problem+json");
            EXPECT_EQ(answer.headers["www-authenticate"], "Bearer");
            EXPECT_EQ(answer.headers["connection"], "close");
        }
    }
    auto chunked = Connect();
    chunked.Send("POST /v1/people HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(chunked.Receive()->status, 401);
}

TEST_F(AdmissionTest, ABodyIsNotReadForAScopeThatIsMissingOrARouteThereIsNot) {
    EXPECT_EQ(Announce("/v1/people", "40000000", Bearer(read_key_)).status, 403);
    EXPECT_EQ(Announce("/nowhere", "10", Bearer(admin_key_)).status, 404);
    EXPECT_EQ(Announce("/v1/items", "10", Bearer(admin_key_)).status, 405);
    EXPECT_EQ(Announce("/v1/buckets", "1048577", Bearer(write_key_)).status, 413);
}

TEST_F(AdmissionTest, AKnownCallersBodyIsAskedForAndItsKeyIsCheckedAgainWhenItIsHere) {
    auto wire = Connect();
    const std::string head =
        "POST /v1/keys HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 2\r\n";
    EXPECT_EQ(wire.Ask(head + Bearer(admin_key_) + "\r\n").status, 100);
    EXPECT_EQ(wire.Ask("{}").status, 400);
    const auto other = MakeKey({"admin"});
    EXPECT_EQ(wire.Ask(head + Bearer(other) + "\r\n").status, 100);
    ASSERT_EQ(Ask("DELETE", "/v1/keys/" + IdOfKey(other)).status, 204);
    EXPECT_EQ(wire.Ask("{}").status, 401);
}

TEST_F(AdmissionTest, EveryRefusalHasTheIdOfItsRequest) {
    for (const auto* request :
         {"GET nowhere HTTP/1.1\r\nHost: t\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n",
          "POST /v1/people HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\n"}) {
        auto answer = Connect().Ask(request);
        const auto id = answer.headers["x-request-id"];
        EXPECT_THAT(id, HasSubstr("req_")) << request;
        EXPECT_EQ(ParseJson(answer.body).value().at("request_id").as_string(), id);
    }
}

}  // namespace
}  // namespace notify
