#include "core/http_client.hpp"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/delivery/receiver.hpp"

namespace notify {
namespace {

using std::chrono::milliseconds;
using testing::Answer;
using testing::Receiver;
using testing::Status;

HttpRequest RequestTo(const std::string& url) {
    return {.method = "POST", .url = Url::Parse(url).value(), .body = "hello"};
}

Result<HttpResponse> SendTo(const Receiver& receiver, std::string_view path = "/hook") {
    return HttpClient().Send(RequestTo(receiver.Url(path)), {});
}

TEST(HttpClient, SendsMethodHeadersAndBodyAndReadsTheAnswer) {
    const Receiver receiver([](const auto&, auto) { return Status(201, "made", "X-Thing:  a b \r\n"); });
    auto request = RequestTo(receiver.Url("/a?b=c"));
    request.method = "PUT";
    request.headers = {{"x-id", "7"}, {"content-type", "text/plain"}};
    const auto response = HttpClient({.user_agent = "tester/1"}).Send(request, {}).value();
    EXPECT_EQ(response.status, 201);
    EXPECT_EQ(response.body, "made");
    EXPECT_EQ(response.Header("x-thing"), "a b");
    EXPECT_EQ(response.Header("missing"), "");
    const auto got = receiver.WaitFor(1).at(0);
    EXPECT_EQ(got.line, "PUT /a?b=c HTTP/1.1");
    EXPECT_EQ(got.body, "hello");
    EXPECT_EQ(got.headers.at("x-id"), "7");
    EXPECT_EQ(got.headers.at("content-type"), "text/plain");
    EXPECT_EQ(got.headers.at("user-agent"), "tester/1");
}

TEST(HttpClient, OffersNeitherCompressionNorCookiesNorExpectations) {
    const Receiver receiver([](const auto&, auto) { return Status(204, {}, "Set-Cookie: a=b\r\n"); });
    const HttpClient client;
    auto request = RequestTo(receiver.Url());
    request.body = std::string(19'000, 'x');
    ASSERT_TRUE(client.Send(request, {}).has_value());
    ASSERT_TRUE(client.Send(request, {}).has_value());
    for (const auto& got : receiver.WaitFor(2)) {
        EXPECT_FALSE(got.headers.contains("accept-encoding"));
        EXPECT_FALSE(got.headers.contains("cookie"));
        EXPECT_FALSE(got.headers.contains("expect"));
    }
}

TEST(HttpClient, DoesNotFollowRedirects) {
    const Receiver inside;
    for (const int status : {301, 302, 303, 307, 308}) {
        const Receiver receiver([&](const auto&, auto) {
            return Status(status, {}, "Location: " + inside.Url() + "\r\n");
        });
        EXPECT_EQ(SendTo(receiver).value().status, status);
    }
    EXPECT_EQ(inside.Connections(), 0U);
}

TEST(HttpClient, CutsAnEndlessBodyAtTheLimit) {
    const Receiver receiver([](const auto&, auto) {
        return Answer{.bytes = "HTTP/1.1 200 x\r\n\r\n", .after = Answer::After::kEndless};
    });
    const auto response = SendTo(receiver).value();
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.body_cut);
    EXPECT_EQ(response.body.size(), 20'000U);
}

TEST(HttpClient, KeepsABodyOfExactlyTheLimitWhole) {
    const Receiver receiver([](const auto&, auto) { return Status(200, std::string(20'000, 'x')); });
    const auto response = SendTo(receiver).value();
    EXPECT_FALSE(response.body_cut);
    EXPECT_EQ(response.body.size(), 20'000U);
}

TEST(HttpClient, LeavesACompressedBodyAsItIs) {
    const std::string gzip("\x1f\x8b\x08\0bomb", 8);
    const Receiver receiver([&](const auto&, auto) {
        return Status(200, gzip, "Content-Encoding: gzip\r\n");
    });
    EXPECT_EQ(SendTo(receiver).value().body, gzip);
}

TEST(HttpClient, RefusesAnEndlessHeader) {
    const Receiver receiver([](const auto&, auto) {
        std::string headers = "HTTP/1.1 200 x\r\n";
        for (int i = 0; i < 3000; ++i) {
            headers += "X-Padding: 0123456789012345678901234567890123456789\r\n";
        }
        return Answer{.bytes = headers + "\r\n"};
    });
    EXPECT_EQ(SendTo(receiver).error().code, ErrorCode::kUnavailable);
}

TEST(HttpClient, SaysThatOneHeaderHasNoEnd) {
    const Receiver receiver([](const auto&, auto) {
        return Answer{.bytes = "HTTP/1.1 200 x\r\nX-Endless: ", .after = Answer::After::kEndless};
    });
    const auto error = SendTo(receiver).error();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_EQ(error.reason, "broken");
    EXPECT_EQ(error.message, "127.0.0.1 sent more than 102400 bytes as one header");
}

TEST(HttpClient, SaysThatTheOtherSideDoesNotSpeakHttp) {
    for (const std::string greeting :
         {"SSH-2.0-OpenSSH_9.2\r\n", "\x15\x03\x01\x02\x02P\r\n\r\n", "HTTP/7.7 what\r\n\r\n"}) {
        const Receiver receiver([&](const auto&, auto) { return Answer{.bytes = greeting}; });
        const auto error = SendTo(receiver).error();
        EXPECT_EQ(error.reason, "broken") << greeting;
        EXPECT_EQ(error.message, "127.0.0.1 answered with something that is not HTTP") << greeting;
    }
}

TEST(HttpClient, GivesUpOnHeadersThatDripPastTheTotalTime) {
    const Receiver receiver([](const auto&, auto) {
        return Answer{.bytes = "HTTP/1.1 200 x\r\nX: ", .after = Answer::After::kDrip};
    });
    auto request = RequestTo(receiver.Url());
    request.total_timeout = milliseconds(200);
    const auto error = HttpClient().Send(request, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_NE(error.message.find("0.2 s"), std::string::npos) << error.message;
}

TEST(HttpClient, SaysWhenTheOtherSideClosesWithoutAnAnswer) {
    const Receiver receiver([](const auto&, auto) { return Answer{}; });
    const auto error = SendTo(receiver).error();
    EXPECT_EQ(error.code, ErrorCode::kUnavailable);
    EXPECT_NE(error.message.find("without an answer"), std::string::npos) << error.message;
}

TEST(HttpClient, EndsAtOnceWhenItIsStopped) {
    const Receiver receiver([](const auto&, auto) {
        return Answer{.bytes = "", .after = Answer::After::kHang};
    });
    std::stop_source stop;
    const std::jthread stopper([&] {
        static_cast<void>(receiver.WaitFor(1));
        stop.request_stop();
    });
    const auto start = std::chrono::steady_clock::now();
    const auto error = HttpClient().Send(RequestTo(receiver.Url()), stop.get_token()).error();
    EXPECT_EQ(error.code, ErrorCode::kStopped);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(15));
}

TEST(HttpClient, AsksTheGuardAboutTheAddressAndOpensNothingWhenRefused) {
    const Receiver receiver;
    auto request = RequestTo(receiver.Url());
    std::string asked;
    request.guard = [&](const ResolvedAddress& address) -> Result<void> {
        asked = address.ip.ToString() + " " + std::to_string(address.port);
        return Fail(ErrorCode::kForbidden, "not there");
    };
    const auto error = HttpClient().Send(request, {}).error();
    EXPECT_EQ(error.code, ErrorCode::kForbidden);
    EXPECT_EQ(error.message, "not there");
    EXPECT_EQ(asked, "127.0.0.1 " + std::to_string(receiver.Port()));
    EXPECT_EQ(receiver.Connections(), 0U);
}

TEST(HttpClient, PaysNoAttentionToAProxyInTheEnvironment) {
    const Receiver proxy;
    const Receiver receiver;
    ::setenv("http_proxy", proxy.Url("").c_str(), 1);
    const auto response = SendTo(receiver);
    ::unsetenv("http_proxy");
    EXPECT_EQ(response.value().status, 204);
    EXPECT_EQ(proxy.Connections(), 0U);
}

TEST(HttpClient, NamesAProxyThatIsSilentAndOneThatIsNotThere) {
    const Receiver silent([](const auto&, auto) {
        return Answer{.bytes = {}, .after = Answer::After::kHang};
    });
    auto request = RequestTo("https://store.invalid/");
    const HttpClient unknown({.proxy = "http://user:canary@no-such-proxy.invalid:3128"});
    const auto no_host = unknown.Send(request, {}).error();
    EXPECT_EQ(no_host.reason, "proxy");
    EXPECT_EQ(no_host.message, "the host of the proxy no-such-proxy.invalid:3128 is not known");
    request.total_timeout = milliseconds(500);
    const HttpClient waiting({.proxy = fmt::format("http://user:canary@127.0.0.1:{}", silent.Port())});
    const auto no_answer = waiting.Send(request, {}).error();
    EXPECT_EQ(no_answer.reason, "proxy");
    EXPECT_EQ(no_answer.message, fmt::format("the proxy 127.0.0.1:{} does not answer", silent.Port()));
}

TEST(HttpClient, RefusesHeadersWithLineBreaks) {
    const Receiver receiver;
    auto request = RequestTo(receiver.Url());
    request.headers = {{"x-a", "b\r\nx-evil: 1"}};
    EXPECT_EQ(HttpClient().Send(request, {}).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(receiver.Connections(), 0U);
}

TEST(HttpClient, ReadsRetryAfterAsSecondsAndAsADate) {
    const auto now = FromRfc3339("2026-01-31T12:00:00Z").value();
    const auto read = [&](std::string value) {
        return RetryAfter(HttpResponse{.headers = {{"retry-after", std::move(value)}}}, now);
    };
    EXPECT_EQ(read("120"), milliseconds(120'000));
    EXPECT_EQ(read("-5"), milliseconds(0));
    EXPECT_EQ(read("Sat, 31 Jan 2026 12:01:30 GMT"), milliseconds(90'000));
    EXPECT_EQ(read("Sat, 31 Jan 2026 11:00:00 GMT"), milliseconds(0));
    EXPECT_EQ(read("soon"), std::nullopt);
    EXPECT_EQ(RetryAfter(HttpResponse{}, now), std::nullopt);
}

TEST(Url, NormalisesHostsTheWayTheConnectionWill) {
    EXPECT_EQ(Url::Parse("http://127.1/").value().Host(), "127.0.0.1");
    EXPECT_EQ(Url::Parse("http://0x7f000001/").value().Host(), "127.0.0.1");
    EXPECT_EQ(Url::Parse("http://Example.COM").value().Host(), "example.com");
    EXPECT_EQ(Url::Parse("https://[::1]/x").value().Host(), "::1");
    EXPECT_EQ(Url::Parse("https://example.com/x").value().Port(), 443);
    EXPECT_TRUE(Url::Parse("http://a@example.com/").value().HasUserInfo());
    EXPECT_TRUE(Url::Parse("http://[fe80::1%25eth0]/").value().HasZone());
}

TEST(Url, RefusesWhatIsNoAbsoluteHttpUrlWithoutRepeatingIt) {
    for (const std::string text :
         {"",
          "/path",
          "example.com",
          "ftp://h/",
          "gopher://h/",
          "file:///etc/passwd",
          "http://",

          "http://h/\r\nX: y",
          "http://h/a b",
          "http://h/\tx",
          "http://h:99999/",
          "http://tok\xC3\xA9n/"}) {
        const auto parsed = Url::Parse(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
        EXPECT_EQ(parsed.error().message.find("/etc/passwd"), std::string::npos);
    }
}

TEST(IpNetwork, ContainsWhatSharesItsPrefix) {
    const auto contains = [](std::string_view network, std::string_view address) {
        return IpNetwork::Parse(network).value().Contains(IpAddress::Parse(address).value());
    };
    EXPECT_TRUE(contains("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(contains("10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(contains("172.16.0.0/12", "172.31.255.255"));
    EXPECT_FALSE(contains("172.16.0.0/12", "172.32.0.0"));
    EXPECT_TRUE(contains("0.0.0.0/0", "8.8.8.8"));
    EXPECT_FALSE(contains("0.0.0.0/0", "::1"));
    EXPECT_TRUE(contains("fe80::/10", "febf::1"));
    EXPECT_TRUE(contains("192.0.2.7", "192.0.2.7"));
    for (const auto* bad : {"", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/", "10.0.0.0/8x", "host/8"}) {
        EXPECT_FALSE(IpNetwork::Parse(bad).has_value()) << bad;
    }
}

}  // namespace
}  // namespace notify
