#include "app/listening.hpp"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/file.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

TEST(Listening, KnowsWhichHostsOnlyThisMachineReaches) {
    for (const auto* host : {"127.0.0.1", "127.8.9.10", "::1", "localhost"}) {
        EXPECT_TRUE(IsLoopback(host)) << host;
    }
    for (const auto* host : {"0.0.0.0", "::", "192.168.1.5", "127.0.0.300", "127.example"}) {
        EXPECT_FALSE(IsLoopback(host)) << host;
    }
}

TEST(Listening, PrintsAnAddressThatABrowserCanOpen) {
    EXPECT_EQ(UrlOf("https", "127.0.0.1", 8080), "https://127.0.0.1:8080");
    EXPECT_EQ(UrlOf("http", "0.0.0.0", 8080), "http://127.0.0.1:8080");
    EXPECT_EQ(UrlOf("http", "::", 8080), "http://[::1]:8080");
    EXPECT_EQ(UrlOf("http", "192.168.1.5", 80), "http://192.168.1.5:80");
    EXPECT_EQ(UrlOf("http", "localhost", 1), "http://localhost:1");
}

TEST(Listening, TellsThatAnotherProgramHasThePort) {
    const UniqueFd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ASSERT_EQ(::bind(other.Get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(other.Get(), 1), 0);
    ASSERT_EQ(::getsockname(other.Get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const auto taken = CheckPort("127.0.0.1", ntohs(address.sin_port));
    ASSERT_FALSE(taken);
    EXPECT_THAT(taken.error().message, HasSubstr("another program listens"));
    EXPECT_TRUE(CheckPort("127.0.0.1", 0));
    const auto elsewhere = CheckPort("192.0.2.1", 0);
    ASSERT_FALSE(elsewhere);
    EXPECT_THAT(elsewhere.error().message, HasSubstr("no address of this machine"));
}

}  // namespace
}  // namespace notify
