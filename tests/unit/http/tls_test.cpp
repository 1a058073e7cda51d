// The edge within TLS.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include "core/certificate.hpp"
#include "core/file.hpp"
#include "servers/test_authority.hpp"
#include "unit/http/edge.hpp"

namespace notify {
namespace {

using std::chrono::milliseconds;
using testing::Get;
using ::testing::HasSubstr;
using testing::Post;
using testing::Wire;

class TlsTest : public testing::EdgeTest {
protected:
    ~TlsTest() override {
        server_.reset();
        std::filesystem::remove_all(folder_);
    }

    /// One that TestAuthority wrote: certificate and key in one file.
    static TlsIdentity In(const std::string& file) {
        const auto text = ReadFile(file).value();
        return {.certificates = text, .key = text};
    }

    static std::string Sha256Of(const TlsIdentity& identity) {
        return ReadCertificates(identity.certificates)->front().sha256;
    }

    TlsIdentity Issue() const { return In(authority_.Certificate("IP:127.0.0.1")); }

    void StartSecured(ServerSettings settings, Handler handler) {
        Make(std::move(settings), std::move(handler));
        ASSERT_TRUE(server_->Present(identity_));
        ASSERT_TRUE(server_->Start());
    }

    void StartSecuredEcho(ServerSettings settings = {}) {
        StartSecured(std::move(settings), [](Request& request) {
            return Response{.content_type = "text/plain", .body = request.method + " " + request.path};
        });
    }

    Wire ConnectSecured() const {
        auto wire = Connect();
        EXPECT_TRUE(wire.Secure());
        return wire;
    }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / fmt::format("tls_test.{}", ::getpid());
    const testing::TestAuthority authority_{(std::filesystem::create_directories(folder_), folder_)};
    const TlsIdentity identity_ = Issue();
};

TEST_F(TlsTest, AnswersOneRequestAfterTheOtherOnOneConnection) {
    StartSecuredEcho();
    auto wire = ConnectSecured();
    EXPECT_EQ(wire.Sha256OfPeer(), Sha256Of(identity_));
    EXPECT_EQ(wire.Ask(Get("/a")).body, "GET /a");
    EXPECT_EQ(wire.Ask(Post("/large", std::string(900'000, 'x'))).body, "POST /large");
    wire.Send(Get("/c") + Get("/d"));  // both at once
    EXPECT_EQ(wire.Receive()->body, "GET /c");
    EXPECT_EQ(wire.Receive()->body, "GET /d");
}

TEST_F(TlsTest, IsTrustedByWhoKnowsItsAuthorityAndByNobodyElse) {
    StartSecuredEcho();
    auto knows = Connect();
    EXPECT_TRUE(knows.Secure(authority_.CaFile()));
    EXPECT_EQ(knows.Ask(Get("/")).status, 200);
    EXPECT_FALSE(Connect().Secure(authority_.SelfSigned("IP:127.0.0.1")));
    EXPECT_EQ(ConnectSecured().Ask(Get("/")).status, 200);  // it is not held up by who went away
}

TEST_F(TlsTest, SpeaksNoVersionBefore1_2) {
    StartSecuredEcho();
    EXPECT_FALSE(Connect().Secure({}, TLS1_1_VERSION));
    EXPECT_TRUE(Connect().Secure({}, TLS1_2_VERSION));
    EXPECT_TRUE(Connect().Secure({}, TLS1_3_VERSION));
}

TEST_F(TlsTest, ShowsAnotherCertificateToNewConnectionsAndKeepsTheOldOnes) {
    StartSecuredEcho();
    auto old = ConnectSecured();
    EXPECT_EQ(old.Ask(Get("/")).status, 200);
    const auto next = Issue();
    ASSERT_TRUE(server_->Present(next));
    auto fresh = ConnectSecured();
    EXPECT_EQ(fresh.Sha256OfPeer(), Sha256Of(next));
    EXPECT_NE(Sha256Of(next), Sha256Of(identity_));
    EXPECT_EQ(fresh.Ask(Get("/")).status, 200);
    EXPECT_EQ(old.Ask(Get("/still")).body, "GET /still");
}

TEST_F(TlsTest, KeepsItsCertificateWhenTheNextOneCannotBeUsed) {
    StartSecuredEcho();
    const auto other = Issue();
    for (const auto& [identity, sentence] : {
             std::pair(TlsIdentity{other.certificates, identity_.key}, "the key of another certificate"),
             std::pair(TlsIdentity{other.certificates, "no key"}, "a key that cannot be read"),
             std::pair(TlsIdentity{"nothing", other.key}, "the key of another certificate"),
         }) {
        const auto refused = server_->Present(identity);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(refused.error().message, HasSubstr(sentence));
    }
    EXPECT_EQ(ConnectSecured().Sha256OfPeer(), Sha256Of(identity_));
}

TEST_F(TlsTest, ClosesAConnectionThatSpeaksInTheClear) {
    StartSecuredEcho();
    auto wire = Connect();
    wire.Send(Get("/"));
    EXPECT_FALSE(wire.Receive());
    EXPECT_TRUE(wire.IsClosed());
}

TEST_F(TlsTest, GivesUpOnAHandshakeThatDoesNotEndHoweverItDrips) {
    StartSecuredEcho({.header_timeout = milliseconds(200)});
    EXPECT_TRUE(Connect().IsClosed());
    auto drips = Connect();
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    // a record of a handshake, of 16 KiB
    bool open = drips.Send({"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03", 11});
    while (open && std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(milliseconds(20));
        open = drips.Send("x");
    }
    EXPECT_FALSE(open);
}

TEST_F(TlsTest, GivesUpOnAHeaderAndOnABodyThatDoNotCome) {
    StartSecuredEcho({.header_timeout = milliseconds(1000)});
    auto header = Connect();
    static_cast<void>(header.Secure());  // which a slow machine may not manage in time
    header.Send("GET / HTTP/1.1\r\n");
    EXPECT_TRUE(header.IsClosed());
    server_->Stop();
    StartSecuredEcho({.body_timeout = milliseconds(200)});
    auto body = ConnectSecured();
    body.Send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 50\r\n\r\nabc");
    EXPECT_FALSE(body.Receive());
    EXPECT_TRUE(body.IsClosed());
}

TEST_F(TlsTest, RefusesWhatIsMalformedOrTooLargeAndSaysFarewell) {
    StartSecuredEcho();
    auto malformed = ConnectSecured();
    EXPECT_EQ(malformed.Ask("GET / HTTP/9.9\r\nHost: test\r\n\r\n").status, 400);
    EXPECT_TRUE(malformed.IsClosed());
    EXPECT_TRUE(malformed.WasToldFarewell());
    auto large = ConnectSecured();
    EXPECT_EQ(large.Ask(Post("/large", std::string(8'000'000, 'x'))).status, 413);
    EXPECT_FALSE(large.Receive());
}

TEST_F(TlsTest, ClosesConnectionsOverTheMostThereMayBeAtOnce) {
    StartSecuredEcho({.max_connections = 1});
    auto first = ConnectSecured();
    EXPECT_EQ(first.Ask(Get("/")).status, 200);
    EXPECT_FALSE(Connect().Secure());
    EXPECT_EQ(first.Ask(Get("/")).status, 200);
}

TEST_F(TlsTest, SendsALargeAnswerWhole) {
    const std::string large(20'000'000, 'a');
    StartSecured({}, [&](Request& request) {
        Response response{.body = request.path == "/at-once" ? large : std::string()};
        if (request.path == "/by-pieces") {
            response.bytes = ByteStream{
                .length = large.size(),
                .read = [&large](std::uint64_t offset, std::size_t length) -> Result<std::string> {
                    return large.substr(offset, length);
                },
            };
        }
        return response;
    });
    auto wire = ConnectSecured();
    EXPECT_EQ(wire.Ask(Get("/at-once")).body, large);
    EXPECT_EQ(wire.Ask(Get("/by-pieces")).body, large);
}

TEST_F(TlsTest, SendsAnEventStreamWholeAndSaysFarewell) {
    constexpr int kEvents = 200;
    StartSecured({}, [told = 0](Request&) mutable {
        Response response{.content_type = "text/event-stream"};
        response.events = EventStream{.next = [&told]() -> Result<std::string> {
            return told == kEvents ? Result<std::string>(Fail(ErrorCode::kStopped, "that was all"))
                                   : fmt::format("data: {}\n\n", ++told);
        }};
        return response;
    });
    auto wire = ConnectSecured();
    wire.Send(Get("/events"));
    const auto last = fmt::format("data: {}\n\n", kEvents);
    const auto all = wire.ReceiveUntil(last);
    for (int event = 1; event <= kEvents; ++event) {
        EXPECT_THAT(all, HasSubstr(fmt::format("data: {}\n\n", event)));
    }
    EXPECT_TRUE(wire.IsClosed());
    EXPECT_TRUE(wire.WasToldFarewell());
}

TEST_F(TlsTest, StopsWhileClientsAreQuietAndInTheMiddleOfAHandshake) {
    StartSecuredEcho();
    auto quiet = ConnectSecured();
    EXPECT_EQ(quiet.Ask(Get("/")).status, 200);
    auto silent = Connect();
    server_->Stop();
    EXPECT_TRUE(quiet.IsClosed());
    EXPECT_TRUE(silent.IsClosed());
}

}  // namespace
}  // namespace notify
