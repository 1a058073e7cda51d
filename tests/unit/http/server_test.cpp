#include "http/server/server.hpp"

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/edge.hpp"

namespace notify {
namespace {

using testing::Get;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Post;
using testing::Wire;

using ServerTest = testing::EdgeTest;

TEST_F(ServerTest, AnswersOneRequestAfterTheOtherOnOneConnection) {
    StartEcho();
    auto wire = Connect();
    EXPECT_EQ(wire.Ask(Get("/a?x=1")).body, "GET /a ");
    EXPECT_EQ(wire.Ask(Post("/b", "12")).body, "POST /b 12");
    wire.Send(Get("/c") + Get("/d"));  // both at once
    EXPECT_EQ(wire.Receive()->body, "GET /c ");
    EXPECT_EQ(wire.Receive()->body, "GET /d ");
}

TEST_F(ServerTest, ClosesTheConnectionWhenTheClientAsksForIt) {
    StartEcho();
    auto wire = Connect();
    EXPECT_EQ(wire.Ask(Get("/", "Connection: close\r\n")).headers["connection"], "close");
    EXPECT_TRUE(wire.IsClosed());
    auto old = Connect();
    EXPECT_EQ(old.Ask("GET / HTTP/1.0\r\n\r\n").status, 200);
    EXPECT_TRUE(old.IsClosed());
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAndNoBody) {
    StartEcho();
    auto wire = Connect();
    wire.Send("HEAD /abc HTTP/1.1\r\nHost: test\r\n\r\n");
    const auto answer = wire.Receive(true);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->headers.at("content-length"), "10");
    EXPECT_EQ(wire.Ask(Get("/next")).body, "GET /next ");
}

TEST_F(ServerTest, PassesOnMethodsItDoesNotKnow) {
    StartEcho();
    EXPECT_EQ(Connect().Ask("BREW /pot HTTP/1.1\r\nHost: test\r\n\r\n").body, "BREW /pot ");
}

TEST_F(ServerTest, SendsNeitherBodyNorLengthWhereTheStatusForbidsIt) {
    Start({}, [](Request& request) { return Response{.status = request.path == "/204" ? 204 : 304}; });
    auto wire = Connect();
    for (const auto* path : {"/204", "/304"}) {
        const auto answer = wire.Ask(Get(path));
        EXPECT_EQ("/" + std::to_string(answer.status), path);
        EXPECT_FALSE(answer.headers.contains("content-length"));
        EXPECT_FALSE(answer.headers.contains("content-type"));
    }
}

TEST_F(ServerTest, GivesEveryAnswerTheSecurityHeadersAndAnIdOfTheRequest) {
    StartEcho();
    auto answer = Connect().Ask(Get("/"));
    EXPECT_EQ(answer.headers["x-content-type-options"], "nosniff");
    EXPECT_EQ(answer.headers["referrer-policy"], "no-referrer");
    EXPECT_EQ(answer.headers["cache-control"], "no-store");
    EXPECT_THAT(answer.headers["content-security-policy"], HasSubstr("default-src 'none'"));
    EXPECT_THAT(answer.headers["content-security-policy"], HasSubstr("frame-ancestors 'none'"));
    EXPECT_THAT(answer.headers["x-request-id"], HasSubstr("req_"));
    EXPECT_FALSE(answer.headers.contains("access-control-allow-origin"));
    EXPECT_EQ(Connect().Ask("nonsense\r\n\r\n").headers["x-content-type-options"], "nosniff");
}

TEST_F(ServerTest, AnswersAHandlerThatThrowsWith500AndSaysNothingOfIt) {
    Start({}, [](Request& request) -> Response { throw std::runtime_error("password of " + request.path); });
    auto wire = Connect();
    const auto answer = wire.Ask(Get("/secret-place"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.headers.at("content-type"), "application/problem+json");
    EXPECT_THAT(answer.body, Not(HasSubstr("password")));
    EXPECT_EQ(wire.Ask(Get("/again")).status, 500);  // it is still there
}

TEST_F(ServerTest, SendsABodyThatIsReadPieceByPiece) {
    Start({}, [](Request&) {
        Response response;
        response.bytes = ByteStream{
            .offset = 7,
            .length = 1'000'000,
            .read = [](std::uint64_t offset, std::size_t length) -> Result<std::string> {
                std::string piece(length, ' ');
                for (std::size_t i = 0; i < length; ++i) {
                    piece[i] = static_cast<char>('a' + (offset + i) % 26);
                }
                return piece;
            },
        };
        return response;
    });
    const auto answer = Connect().Ask(Get("/"));
    ASSERT_EQ(answer.body.size(), 1'000'000U);
    EXPECT_EQ(answer.body.front(), 'h');
    EXPECT_EQ(answer.body.back(), static_cast<char>('a' + (7 + 999'999) % 26));
}

TEST_F(ServerTest, CutsTheConnectionWhenAPromisedBodyCannotBeRead) {
    Start({}, [](Request& request) {
        Response response;
        response.bytes = ByteStream{
            .offset = 0,
            .length = 100,
            .read = [path = request.path](std::uint64_t offset, std::size_t) -> Result<std::string> {
                if (path == "/throws") {
                    throw std::runtime_error("no");
                }
                return offset == 0 ? Result<std::string>("half") : Fail(ErrorCode::kUnavailable, "gone");
            },
        };
        return response;
    });
    for (const auto* path : {"/", "/throws"}) {
        auto wire = Connect();
        wire.Send(Get(path));
        EXPECT_FALSE(wire.Receive()) << path;
        EXPECT_TRUE(wire.IsClosed());
    }
}

TEST_F(ServerTest, OutlivesClientsThatGoAwayInTheMiddle) {
    Start({}, [](Request&) { return Response{.body = std::string(5'000'000, 'x')}; });
    for (int i = 0; i < 20; ++i) {
        auto wire = Connect();
        wire.Send(i % 2 == 0 ? Get("/") : "GET / HT");
    }
    EXPECT_EQ(Connect().Ask(Get("/")).body.size(), 5'000'000U);
}

TEST_F(ServerTest, LetsARunningHandlerEndAndItsAnswerBeSentWhenStopped) {
    std::latch inside(1);
    std::promise<void> go_on;
    Start({}, [&](Request&) {
        inside.count_down();
        go_on.get_future().wait();
        return Response{.body = "done"};
    });
    auto wire = Connect();
    wire.Send(Get("/"));
    inside.wait();
    std::jthread stopping([this] { server_->Stop(); });
    go_on.set_value();
    const auto answer = wire.Receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "done");
    EXPECT_TRUE(wire.IsClosed());
}

TEST_F(ServerTest, ClosesQuietConnectionsWhenStoppedAndTakesNoMore) {
    StartEcho();
    auto quiet = Connect();
    auto half = Connect();
    half.Send("GET / HTTP/1.1\r\nHo");
    auto used = Connect();
    EXPECT_EQ(used.Ask(Get("/")).status, 200);
    server_->Stop();
    server_->Stop();
    EXPECT_TRUE(quiet.IsClosed());
    EXPECT_TRUE(half.IsClosed());
    EXPECT_TRUE(used.IsClosed());
}

TEST_F(ServerTest, DoesNotWaitForAClientThatNeverReadsWhenStopped) {
    Start({.stop_timeout = std::chrono::milliseconds(100)}, [](Request&) {
        return Response{.body = std::string(50'000'000, 'x')};
    });
    auto wire = Connect();
    wire.Send(Get("/"));
    static_cast<void>(wire.ReceiveUntil("\r\n\r\n"));  // the answer is on its way
    const auto start = std::chrono::steady_clock::now();
    server_->Stop();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));  // it would be 120 s
}

TEST_F(ServerTest, AsksHandlersThatRunToStop) {
    std::atomic<bool> runs = false;
    Start({}, [&](Request& request) {
        runs = true;
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait(lock, request.stop, [] { return false; });
        return Response{};
    });
    auto wire = Connect();
    wire.Send(Get("/"));
    while (!runs) {
        std::this_thread::yield();
    }
    server_->Stop();
    EXPECT_EQ(wire.Receive()->status, 200);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
    StartEcho();
    EXPECT_TRUE(server_->Start());  // it runs already
    const auto admit = [](const Request&) { return Admission{}; };
    const auto handler = [](Request&) { return Response{}; };
    Server second({.port = server_->Port()}, handler, admit);
    const auto taken = second.Start();
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(taken.error().message, HasSubstr(std::to_string(server_->Port())));
    Server third({.host = "no.address"}, handler, admit);
    const auto odd = third.Start();
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(ServerTest, HoldsNoThreadForAnEventStream) {
    Start({.handler_threads = 1}, [](Request& request) {
        Response response;
        if (request.path == "/events") {
            response.content_type = "text/event-stream";
            response.events = EventStream{.next = [first = true]() mutable -> Result<std::string> {
                return std::exchange(first, false) ? "data: hello\n\n" : "";
            }};
        }
        return response;
    });
    std::vector<Wire> streams;
    for (int i = 0; i < 20; ++i) {
        streams.push_back(Connect());
        streams.back().Send(Get("/events"));
    }
    for (auto& stream : streams) {
        EXPECT_THAT(stream.ReceiveUntil("data: hello\n\n"), HasSubstr("text/event-stream"));
    }
    EXPECT_EQ(Connect().Ask(Get("/")).status, 200);
    server_->Stop();
    for (auto& stream : streams) {
        EXPECT_TRUE(stream.IsClosed());
    }
}

TEST_F(ServerTest, EndsAnEventStreamThatFailsOrThrows) {
    Start({}, [](Request& request) {
        Response response;
        response.events = EventStream{.next = [path = request.path]() -> Result<std::string> {
            if (path == "/throws") {
                throw std::runtime_error("no");
            }
            return Fail(ErrorCode::kUnavailable, "gone");
        }};
        return response;
    });
    for (const auto* path : {"/fails", "/throws"}) {
        auto wire = Connect();
        wire.Send(Get(path));
        EXPECT_TRUE(wire.IsClosed()) << path;
    }
}

}  // namespace
}  // namespace notify
