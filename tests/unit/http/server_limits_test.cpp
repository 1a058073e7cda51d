// What the edge refuses: malformed, too large, too slow, too much.

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/edge.hpp"

namespace notify {
namespace {

using testing::Get;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Post;

using ServerLimitsTest = testing::EdgeTest;

TEST_F(ServerLimitsTest, RefusesMalformedAndAmbiguousRequestsAndClosesTheConnection) {
    StartEcho();
    const std::string host = "Host: test\r\n";
    const std::vector<std::string> requests{
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/9.9\r\n" + host + "\r\n",
        "GET / HTTX/1.1\r\n" + host + "\r\n",
        "G(T / HTTP/1.1\r\n" + host + "\r\n",
        "\x16\x03\x01\x02\x05 a TLS client\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",  // no host
        "GET / HTTP/1.1\r\n" + host + host + "\r\n",
        "GET / HTTP/1.1\r\n" + host + "no colon\r\n\r\n",
        "GET / HTTP/1.1\r\n" + host + "spaced name: x\r\n\r\n",
        "GET / HTTP/1.1\r\n" + host + "X: a\x01z\r\n\r\n",
        "GET nowhere HTTP/1.1\r\n" + host + "\r\n",
        "OPTIONS * HTTP/1.1\r\n" + host + "\r\n",
        "GET /#part HTTP/1.1\r\n" + host + "\r\n",
        "GET /%zz HTTP/1.1\r\n" + host + "\r\n",
        "GET /% HTTP/1.1\r\n" + host + "\r\n",
        "GET /a%00b HTTP/1.1\r\n" + host + "\r\n",
        "GET /%ff HTTP/1.1\r\n" + host + "\r\n",
        "GET /?a=%c3%28 HTTP/1.1\r\n" + host + "\r\n",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 1x\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
        "GET  / HTTP/1.1\r\n" + host + "\r\n",
        "GET / HTTP/1.1 \r\n" + host + "\r\n",
        "GET / HTTP/1.1\n" + host + "\r\n",
        "GET / HTTP/1.1\r\nHost: test\n\r\n",
        "GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n",
        "GET / HTTP/1.1\r\n" + host + std::string("X: a\0b\r\n\r\n", 10),
        "GET / HTTP/1.1\r\n" + host + ": nameless\r\n\r\n",
        "GET http://elsewhere/ HTTP/1.1\r\n" + host + "\r\n",
        "CONNECT elsewhere:443 HTTP/1.1\r\n" + host + "\r\n",
        "POST / HTTP/1.1\r\n" + host + "Content-Length : 1\r\n\r\na",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\na",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x1\r\n\r\na",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 1, 1\r\n\r\na",
        "POST / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host +
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\n" + host +
            "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\na\r\n0\r\n\r\n",
    };
    ASSERT_GE(requests.size(), 40U);
    for (const auto& request : requests) {
        auto wire = Connect();
        const auto answer = wire.Ask(request);
        EXPECT_EQ(answer.status, 400) << request;
        EXPECT_THAT(answer.body, HasSubstr(R"("code":"invalid_argument")")) << request;
        EXPECT_THAT(wire.ReceiveUntil("HTTP/1.1"), Not(HasSubstr("HTTP/1.1")))
            << "a second answer to " << request;
    }
    EXPECT_EQ(Connect().Ask(Get("/")).status, 200);
}

TEST_F(ServerLimitsTest, ReadsAChunkedBodyAndTakesNoTrailerForAHeader) {
    std::string authorization = "not asked";
    Start({}, [&](Request& request) {
        authorization = std::string(request.Header("authorization"));
        return Response{.body = request.body};
    });
    const auto answer = Connect().Ask(
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nAuthorization: Bearer trailing\r\n\r\n"
    );
    EXPECT_EQ(answer.body, "abcde");
    EXPECT_EQ(authorization, "");
}

TEST_F(ServerLimitsTest, RefusesAHeaderOfTooManyBytesOrFields) {
    StartEcho({.max_header_bytes = 4096, .max_header_fields = 10});
    EXPECT_EQ(Connect().Ask(Get("/", "X: " + std::string(3000, 'x') + "\r\n")).status, 200);
    EXPECT_EQ(Connect().Ask(Get("/", "X: " + std::string(5000, 'x') + "\r\n")).status, 431);
    EXPECT_EQ(Connect().Ask(Get("/" + std::string(5000, 'x'))).status, 431);
    std::string nine;
    for (int i = 0; i < 9; ++i) {
        nine += fmt::format("X-{}: y\r\n", i);
    }
    EXPECT_EQ(Connect().Ask(Get("/", nine)).status, 200);
    EXPECT_EQ(Connect().Ask(Get("/", nine + "Y: z\r\n")).status, 431);
}

TEST_F(ServerLimitsTest, RefusesABodyOverTheLimitOfItsRouteBeforeItIsSent) {
    StartEcho();
    EXPECT_EQ(Connect().Ask(Post("/", std::string(100, 'x'))).status, 200);
    EXPECT_EQ(Connect().Ask(Post("/large", std::string(1'000'000, 'x'))).status, 200);
    for (const auto& [path, length] : std::vector<std::pair<std::string, std::string>>{
             {"/", "101"}, {"/large", "1000001"}, {"/large", "18446744073709551615"}
         }) {
        const auto answer = Connect().Ask(
            fmt::format("POST {} HTTP/1.1\r\nHost: t\r\nContent-Length: {}\r\n\r\n", path, length)
        );
        EXPECT_EQ(answer.status, 413) << path;
        EXPECT_THAT(answer.body, HasSubstr("too_large"));
    }
}

TEST_F(ServerLimitsTest, RefusesAChunkedBodyAsSoonAsItIsOverTheLimit) {
    StartEcho();
    const auto answer = Connect().Ask(
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n" + std::string(32, 'x') +
        "\r\n60\r\n"
    );
    EXPECT_EQ(answer.status, 413);
}

TEST_F(ServerLimitsTest, LetsAClientThatSendsAllTheSameSeeTheRefusal) {
    StartEcho();
    auto wire = Connect();
    EXPECT_EQ(wire.Ask(Post("/large", std::string(8'000'000, 'x'))).status, 413);
    EXPECT_FALSE(wire.Receive());
}

TEST_F(ServerLimitsTest, ContinuesOnlyABodyItWillTake) {
    StartEcho();
    auto wire = Connect();
    wire.Send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(wire.ReceiveUntil("\r\n\r\n"), HasSubstr("100 Continue"));
    EXPECT_EQ(wire.Ask("ab").body, "POST / ab");
    auto large = Connect();
    EXPECT_EQ(
        large.Ask("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 200\r\nExpect: 100-continue\r\n\r\n")
            .status,
        413
    );
}

TEST_F(ServerLimitsTest, GivesUpOnAHeaderThatDoesNotComeHoweverItDrips) {
    StartEcho({.header_timeout = std::chrono::milliseconds(200)});
    auto silent = Connect();
    silent.Send("GET / HTTP/1.1\r\n");
    EXPECT_TRUE(silent.IsClosed());
    auto drips = Connect();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    drips.Send("GET / HTTP/1.1\r\nX: ");
    bool open = true;
    while (open && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        open = drips.Send("x");
    }
    EXPECT_FALSE(open);
}

TEST_F(ServerLimitsTest, GivesUpOnABodyThatDoesNotCome) {
    StartEcho({.body_timeout = std::chrono::milliseconds(200)});
    auto wire = Connect();
    wire.Send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 50\r\n\r\nabc");
    EXPECT_FALSE(wire.Receive());
    EXPECT_TRUE(wire.IsClosed());
}

TEST_F(ServerLimitsTest, GivesASmallBodyNoMoreTimeThanItsBytesNeed) {
    StartEcho({.header_timeout = std::chrono::milliseconds(200)});  // and of body_timeout as it is
    auto wire = Connect();
    wire.Send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 50\r\n\r\nabc");
    EXPECT_FALSE(wire.Receive());
    EXPECT_TRUE(wire.IsClosed());
}

TEST_F(ServerLimitsTest, ClosesAConnectionThatIdles) {
    StartEcho({.idle_timeout = std::chrono::milliseconds(200)});
    EXPECT_TRUE(Connect().IsClosed());
    auto used = Connect();
    EXPECT_EQ(used.Ask(Get("/")).status, 200);
    EXPECT_TRUE(used.IsClosed());
}

TEST_F(ServerLimitsTest, ClosesConnectionsOverTheMostThereMayBeAtOnce) {
    StartEcho({.max_connections = 2});
    auto first = Connect();
    auto second = Connect();
    EXPECT_EQ(first.Ask(Get("/")).status, 200);
    EXPECT_EQ(second.Ask(Get("/")).status, 200);
    EXPECT_TRUE(Connect().IsClosed());
    first.Close();
    int status = 0;
    for (int i = 0; i < 1000 && status != 200; ++i) {  // the server notices the end soon, not at once
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        status = Connect().Ask(Get("/")).status;
    }
    EXPECT_EQ(status, 200);
    EXPECT_EQ(second.Ask(Get("/")).status, 200);
}

TEST_F(ServerLimitsTest, Answers503WhenAllHandlersAreBusyAndTooManyWait) {
    std::latch inside(1);
    std::promise<void> go_on;
    const auto opened = go_on.get_future().share();
    Start({.handler_threads = 1, .max_waiting = 1}, [&](Request& request) {
        if (request.path == "/slow") {
            inside.count_down();
            opened.wait();
        }
        return Response{};
    });
    auto slow = Connect();
    slow.Send(Get("/slow"));
    inside.wait();
    auto wire = Connect();
    auto answer = wire.Ask(Get("/"));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.headers["retry-after"], "5");
    EXPECT_THAT(answer.body, HasSubstr("req_"));
    go_on.set_value();
    EXPECT_EQ(slow.Receive()->status, 200);
    EXPECT_EQ(wire.Ask(Get("/")).status, 200);  // the connection was kept
}

TEST_F(ServerLimitsTest, LetsAnEventStreamWaitItsTurnWhenHandlersAreBusy) {
    std::latch inside(1);
    std::promise<void> go_on;
    const auto opened = go_on.get_future().share();
    std::atomic<int> told = 0;
    Start({.handler_threads = 1, .max_waiting = 2}, [&](Request& request) {
        Response response;
        if (request.path == "/slow") {
            inside.count_down();
            opened.wait();
        } else if (request.path == "/events") {
            response.events = EventStream{.next = [&told]() -> Result<std::string> {
                return fmt::format("data: {}\n\n", ++told);
            }};
        }
        return response;
    });
    auto stream = Connect();
    stream.Send(Get("/events"));
    EXPECT_THAT(stream.ReceiveUntil("data: 1\n\n"), HasSubstr("data: 1"));
    auto slow = Connect();
    slow.Send(Get("/slow"));
    inside.wait();
    auto fills = Connect();
    fills.Send(Get("/plain"));
    const auto before = told.load();
    std::this_thread::sleep_for(std::chrono::milliseconds(600));  // so that it finds no room at least once
    EXPECT_EQ(told.load(), before);
    go_on.set_value();
    const auto next = fmt::format("data: {}\n\n", before + 1);
    EXPECT_THAT(stream.ReceiveUntil(next), HasSubstr(next));
}

}  // namespace
}  // namespace notify
