// /v1/events/stream over a socket, on a real database.

#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/event_repository.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::ElementsAreArray;
using testing::Get;
using ::testing::HasSubstr;
using testing::Wire;

class EventStreamTest : public testing::ApiTest {
protected:
    [[nodiscard]] Wire Listen(const std::string& lines = {}, const std::string& query = {}) const {
        auto wire = Connect();
        wire.Send(Get("/v1/events/stream" + query, Bearer(read_key_) + lines));
        return wire;
    }

    void AppendMany(int count) {
        for (int i = 0; i < count; ++i) {
            Append("item.discovered");
        }
    }

    /// How many events from before then could be removed.
    int Remove(Timestamp before) {
        return storage_
            ->Write([&](Transaction& transaction) { return transaction.events.RemoveOld(before, 100); })
            .value_or(-1);
    }

    /// Five old events, of which the third waits for its delivery and is kept, and a sixth.
    void RemoveAllButTheThirdOfFive() {
        Expect(
            201, "POST", "/v1/webhooks", R"({"url":"http://127.0.0.1:9000/hook","types":["item.failed"]})"
        );
        AppendMany(2);
        Append("item.failed");
        AppendMany(2);
        clock_.Advance(std::chrono::hours(1));
        AppendMany(1);
        ASSERT_EQ(Remove(clock_.Now() - std::chrono::minutes(1)), 4);
    }

    /// The next event's sequence; its framing is checked.
    static std::string NextId(Wire& wire) {
        const auto event = wire.ReceiveUntil("\n\n");
        const auto id = event.find("id: ");
        if (id == std::string::npos) {
            ADD_FAILURE() << "no event: " << event;
            return {};
        }
        EXPECT_THAT(event, HasSubstr("\nevent: item.discovered\ndata: {"));
        return event.substr(id + 4, event.find('\n', id) - id - 4);
    }

    std::vector<std::string> AllIds() {
        std::vector<std::string> ids;
        std::string after = "0";
        while (true) {
            const auto list = Expect(200, "GET", "/v1/events?limit=200&after=" + after);
            if (list.at("rows").as_array().empty()) {
                return ids;
            }
            for (const auto& event : list.at("rows").as_array()) {
                ids.push_back(std::to_string(event.at("sequence").as_int64()));
            }
            after = std::string(list.at("next").as_string());
            EXPECT_EQ(after, ids.back());
        }
    }
};

TEST_F(EventStreamTest, GoesOnAfterTheLastEventTheClientSawWithoutAGap) {
    Serve();
    AppendMany(250);  // more than one piece
    std::vector<std::string> seen;
    {
        auto wire = Listen("Last-Event-ID: 0\r\n");
        EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("text/event-stream"));
        std::jthread writer([this] { AppendMany(50); });
        while (seen.size() < 270) {
            seen.push_back(NextId(wire));
        }
    }
    AppendMany(20);  // nobody listens
    auto again = Listen("Last-Event-ID: " + seen.back() + "\r\n");
    static_cast<void>(again.ReceiveUntil("\r\n\r\n"));
    AppendMany(5);
    while (seen.size() < 325) {
        seen.push_back(NextId(again));
    }
    EXPECT_THAT(seen, ElementsAreArray(AllIds()));
}

TEST_F(EventStreamTest, BeginsWithWhatHappensFromNowOn) {
    Serve();
    AppendMany(3);
    auto wire = Listen();
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("200 OK"));
    AppendMany(1);
    EXPECT_EQ(NextId(wire), AllIds().back());
}

TEST_F(EventStreamTest, TellsOfOneSubjectWhenAskedTo) {
    Serve();
    Append("item.discovered", "itm_1");
    Append("item.discovered", "itm_2");
    auto wire = Listen("Last-Event-ID: 0\r\n", "?subject=itm_2");
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("200 OK"));
    EXPECT_EQ(NextId(wire), AllIds().at(1));
}

TEST_F(EventStreamTest, TellsOfWhatTheQueryAsksForInTheListToo) {
    Serve();
    Append("item.failed");
    Append("item.discovered");
    Append("process.started");
    auto wire = Listen("Last-Event-ID: 0\r\n", "?types=item.discovered,bucket.*");
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("200 OK"));
    EXPECT_EQ(NextId(wire), AllIds().at(1));
    Append("item.failed");
    Append("item.discovered");
    EXPECT_EQ(NextId(wire), AllIds().back());
    const auto list = Expect(200, "GET", "/v1/events?limit=1&types=process.*,item.failed&after=1");
    EXPECT_EQ(list.at("rows").as_array().at(0).at("type"), "process.started");
    EXPECT_TRUE(Expect(200, "GET", "/v1/events?bucket=bkt_none").at("rows").as_array().empty());
}

TEST_F(EventStreamTest, GoesOnAfterWhatTheQueryDidNotAskFor) {
    for (int i = 0; i < 60; ++i) {
        Append("item.failed");
    }
    const auto list = Expect(200, "GET", "/v1/events?types=person.named&after=1");
    EXPECT_TRUE(list.at("rows").as_array().empty());
    const auto all = Expect(200, "GET", "/v1/events?limit=200").at("rows").as_array();
    EXPECT_EQ(list.at("next").as_string(), std::to_string(all.back().at("sequence").as_int64()));
}

TEST_F(EventStreamTest, LearnsOfBucketsThatAreAddedWhileItRuns) {
    Serve();
    AddBucket("before");
    const auto sources = Expect(200, "GET", "/v1/sources");
    const auto source = std::string(sources.at("rows").as_array().at(0).at("id").as_string());
    const auto key = std::string(
        Expect(201, "POST", "/v1/keys", R"({"name":"a","scopes":["read"],"sources":[")" + source + R"("]})")
            .at("key")
            .as_string()
    );
    auto wire = Connect();
    wire.Send(Get("/v1/events/stream?types=item.discovered&source=" + source, Bearer(key)));
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("200 OK"));
    AddBucket("after");
    std::ofstream(folder_.Path() / "after" / "new.bin") << "new";
    Expect(200, "POST", "/v1/buckets/after/scan");
    const auto discovered = Expect(200, "GET", "/v1/events?types=item.discovered").at("rows").as_array();
    ASSERT_EQ(discovered.size(), 1U);
    EXPECT_EQ(NextId(wire), std::to_string(discovered.at(0).at("sequence").as_int64()));
}

TEST_F(EventStreamTest, TellsALimitedKeyNothingOfOtherBuckets) {
    Serve();
    AddBucket("in");
    AddBucket("elsewhere");
    const auto key =
        std::string(Expect(201, "POST", "/v1/keys", R"({"name":"a","scopes":["read"],"buckets":["in"]})")
                        .at("key")
                        .as_string());
    auto wire = Connect();
    wire.Send(Get("/v1/events/stream?types=item.discovered", Bearer(key)));
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("200 OK"));
    std::ofstream(folder_.Path() / "elsewhere" / "hidden.bin") << "hidden";
    Expect(200, "POST", "/v1/buckets/elsewhere/scan");
    const auto known = Discover("known.bin");
    const auto event =
        Expect(200, "GET", "/v1/events?types=item.discovered&subject=" + known).at("rows").at(0);
    EXPECT_EQ(NextId(wire), std::to_string(event.at("sequence").as_int64()));
}

TEST_F(EventStreamTest, KnowsTheSourceOfABucketsEvents) {
    Serve();
    const auto bucket = AddBucket();
    Discover("a.bin");
    const auto sources = Expect(200, "GET", "/v1/sources");
    const auto source = std::string(sources.at("rows").as_array().at(0).at("id").as_string());
    const auto about = [&](const std::string& query) {
        return Expect(200, "GET", "/v1/events?types=item.*&" + query).at("rows").as_array().size();
    };
    EXPECT_EQ(about("source=" + source), 1U);
    EXPECT_EQ(about("source=src_none"), 0U);
    EXPECT_EQ(about("source=src_none," + source + "&bucket=" + bucket), 1U);
}

TEST_F(EventStreamTest, IsGivenByTheListToWhoAcceptsIt) {
    Serve();
    Append("item.discovered");
    auto wire = Connect();
    wire.Send(Get("/v1/events", Bearer(read_key_) + "Accept: text/event-stream\r\nLast-Event-ID: 0\r\n"));
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("Content-Type: text/event-stream"));
    EXPECT_EQ(NextId(wire), "1");
}

TEST_F(EventStreamTest, TellsThoseWhoAreUpToDateAndThoseFarBehindTheSameInOrder) {
    Serve();
    AppendMany(30);
    auto now = Listen("Last-Event-ID: 30\r\n");
    static_cast<void>(now.ReceiveUntil("\r\n\r\n"));
    AppendMany(2300);  // more than is kept at hand
    auto behind = Listen("Last-Event-ID: 0\r\n");
    static_cast<void>(behind.ReceiveUntil("\r\n\r\n"));
    for (int i = 31; i <= 2330; ++i) {
        ASSERT_EQ(NextId(now), std::to_string(i));
    }
    for (int i = 1; i <= 2330; ++i) {
        ASSERT_EQ(NextId(behind), std::to_string(i));
    }
}

TEST_F(EventStreamTest, SaysThatWhatFollowsTheLastEventIsKeptNoMore) {
    Serve();
    AppendMany(5);
    clock_.Advance(std::chrono::hours(1));
    AppendMany(3);
    ASSERT_EQ(Remove(clock_.Now() - std::chrono::minutes(1)), 5);
    auto late = Listen("Last-Event-ID: 2\r\n", "?types=item.discovered");
    static_cast<void>(late.ReceiveUntil("\r\n\r\n"));
    EXPECT_THAT(
        late.ReceiveUntil("\n\n"),
        HasSubstr("id: 5\nevent: stream.gap\ndata: {\"type\":\"stream.gap\",\"after\":2,\"until\":5}\n\n")
    );
    EXPECT_EQ(NextId(late), "6");
    auto again = Listen("Last-Event-ID: 5\r\n");
    static_cast<void>(again.ReceiveUntil("\r\n\r\n"));
    EXPECT_EQ(NextId(again), "6") << "who came back with the gap's id is told of no gap";
}

TEST_F(EventStreamTest, HasAGapUpToAllThatWasRemovedWhateverIsKeptAmongIt) {
    Serve();
    RemoveAllButTheThirdOfFive();
    auto late = Listen("Last-Event-ID: 1\r\n");
    static_cast<void>(late.ReceiveUntil("\r\n\r\n"));
    EXPECT_THAT(late.ReceiveUntil("\n\n"), HasSubstr("\"after\":1,\"until\":5}\n\n"));
    EXPECT_EQ(NextId(late), "6");
}

TEST_F(EventStreamTest, AListSaysWhatOfItIsKeptNoMore) {
    Serve();
    RemoveAllButTheThirdOfFive();
    const auto late = Expect(200, "GET", "/v1/events?after=1");
    EXPECT_EQ(late.at("gap").at("after"), 1);
    EXPECT_EQ(late.at("gap").at("until"), 5);
    ASSERT_EQ(late.at("rows").as_array().size(), 2U);
    EXPECT_EQ(late.at("rows").at(0).at("sequence"), 3) << "what is kept of it is shown";
    EXPECT_EQ(late.at("next"), "6");
    const auto none = Expect(200, "GET", "/v1/events?after=1&types=item.discovered&limit=1");
    EXPECT_EQ(none.at("rows").at(0).at("sequence"), 6);
    EXPECT_TRUE(Expect(200, "GET", "/v1/events?after=5").at("gap").is_null());
    EXPECT_TRUE(Expect(200, "GET", "/v1/events").at("gap").is_null())
        << "the oldest that is kept comes first";
    EXPECT_EQ(Expect(200, "GET", "/v1/events?after=2&subject=nothing").at("next"), "6");
    const auto ahead = Expect(200, "GET", "/v1/events?after=70");
    EXPECT_EQ(ahead.at("gap").at("until"), 6);
    EXPECT_EQ(ahead.at("next"), "6");
}

TEST_F(EventStreamTest, HasNoGapForWhoBeginsWhenNothingIsKept) {
    Serve();
    AppendMany(3);
    ASSERT_EQ(Remove(clock_.Now() + std::chrono::minutes(1)), 3);
    EXPECT_EQ(Expect(200, "GET", "/v1/events?from=now").at("next"), "3");
    EXPECT_EQ(Expect(200, "GET", "/v1/events").at("next"), "3");
    EXPECT_TRUE(Expect(200, "GET", "/v1/events?after=3").at("gap").is_null());
    auto wire = Listen();
    static_cast<void>(wire.ReceiveUntil("\r\n\r\n"));
    AppendMany(1);
    EXPECT_EQ(NextId(wire), "4");
}

TEST_F(EventStreamTest, SaysThatTheDatabaseIsAnEarlierOneThanTheClientSaw) {
    Serve();
    AppendMany(3);
    auto ahead = Listen("Last-Event-ID: 70\r\n");
    static_cast<void>(ahead.ReceiveUntil("\r\n\r\n"));
    EXPECT_THAT(ahead.ReceiveUntil("\n\n"), HasSubstr("id: 3\nevent: stream.gap\n"));
    AppendMany(1);
    EXPECT_EQ(NextId(ahead), "4");
}

TEST_F(EventStreamTest, HasNoGapForWhoSawAllThatWasRemoved) {
    Serve();
    AppendMany(4);
    const auto all = clock_.Now() + std::chrono::minutes(1);
    ASSERT_EQ(
        storage_->Write([&](Transaction& transaction) { return transaction.events.RemoveOld(all, 100); }), 4
    );
    auto up_to_date = Listen("Last-Event-ID: 4\r\n");
    static_cast<void>(up_to_date.ReceiveUntil("\r\n\r\n"));
    AppendMany(1);
    EXPECT_EQ(NextId(up_to_date), "5");
}

TEST_F(EventStreamTest, RefusesAPlaceThatIsNoSequence) {
    for (const auto* place : {"x", "-1", "1 ", "99999999999999999999"}) {
        Request request;
        request.method = "GET";
        request.path = "/v1/events/stream";
        request.headers = {{"x-api-key", read_key_}, {"last-event-id", place}};
        EXPECT_EQ(router_->Handle(request).status, 400) << place;
    }
}

TEST_F(EventStreamTest, EndsWhenTheKeyIsRevoked) {
    Serve();
    auto wire = Listen("Last-Event-ID: 0\r\n");
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("200 OK"));
    EXPECT_EQ(Ask("DELETE", "/v1/keys/" + IdOfKey(read_key_)).status, 204);
    EXPECT_TRUE(wire.IsClosed());
}

TEST_F(EventStreamTest, HoldsNoThreadAndEndsWhenTheServerStops) {
    Serve({.handler_threads = 1});
    std::vector<Wire> wires;
    for (int i = 0; i < 10; ++i) {
        wires.push_back(Listen("Last-Event-ID: 0\r\n"));
        EXPECT_THAT(wires.back().ReceiveUntil("\r\n\r\n"), HasSubstr("200 OK"));
    }
    EXPECT_EQ(Connect().Ask(Get("/v1/items", Bearer(read_key_))).status, 200);
    AppendMany(1);
    for (auto& wire : wires) {
        EXPECT_EQ(NextId(wire), "1");
    }
    server_->Stop();
    for (auto& wire : wires) {
        EXPECT_TRUE(wire.IsClosed());
    }
}

TEST_F(EventStreamTest, AnswersHeadWithoutStreaming) {
    Serve();
    auto wire = Connect();
    wire.Send("HEAD /v1/events/stream HTTP/1.1\r\nHost: t\r\n" + Bearer(read_key_) + "\r\n");
    EXPECT_EQ(wire.Receive(true)->headers["content-type"], "text/event-stream");
    EXPECT_TRUE(wire.IsClosed());
}

}  // namespace
}  // namespace notify
