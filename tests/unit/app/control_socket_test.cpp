#include "app/control_socket.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/api_call.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

class ControlSocketTest : public ::testing::Test {
protected:
    ControlSocketTest() { std::filesystem::create_directories(folder_); }

    ~ControlSocketTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("control." + std::to_string(::getpid()));
    std::filesystem::path path_ = folder_ / "control.sock";
};

Result<ApiAnswer> Echo(const ApiCall& call) {
    return ApiAnswer{.status = 200, .body = call.method + " " + call.target + " " + call.body};
}

TEST_F(ControlSocketTest, CarriesACallAndItsAnswer) {
    const auto socket = ControlSocket::Listen(path_, Echo);
    ASSERT_TRUE(socket) << socket.error().message;
    const auto answer = CallService(path_, {.method = "POST", .target = "/v1/x?y=1", .body = R"({"a":"ü"})"});
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, R"(POST /v1/x?y=1 {"a":"ü"})");
}

TEST_F(ControlSocketTest, CarriesABodyOfManyMegabytes) {
    const auto socket = ControlSocket::Listen(path_, Echo);
    ASSERT_TRUE(socket);
    const std::string body(20U << 20U, 'x');
    const auto answer = CallService(path_, {.method = "POST", .target = "/", .body = body});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body.size(), body.size() + 7);
}

TEST_F(ControlSocketTest, IsForItsOwnerOnly) {
    const auto socket = ControlSocket::Listen(path_, Echo);
    ASSERT_TRUE(socket);
    struct stat status{};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ControlSocketTest, SaysThatNoServiceAnswers) {
    const auto answer = CallService(path_, {.method = "GET", .target = "/", .body = {}});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kNotFound);
    {
        const auto socket = ControlSocket::Listen(path_, Echo);
    }
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(ControlSocketTest, TellsAFailureOfTheServiceAsAProblem) {
    const auto socket = ControlSocket::Listen(path_, [](const ApiCall&) -> Result<ApiAnswer> {
        return Fail(ErrorCode::kInternal, "it broke");
    });
    ASSERT_TRUE(socket);
    const auto answer = CallService(path_, {.method = "GET", .target = "/", .body = {}});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 500);
    EXPECT_THAT(answer->body, HasSubstr("it broke"));
}

TEST_F(ControlSocketTest, AnswersCallsSideBySide) {
    std::atomic<int> inside = 0;
    std::atomic<bool> together = false;
    const auto socket = ControlSocket::Listen(path_, [&](const ApiCall& call) {
        ++inside;
        for (int i = 0; i < 200 && !together; ++i) {
            together = together || inside >= 2;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return Echo(call);
    });
    ASSERT_TRUE(socket);
    std::vector<std::jthread> callers;
    for (int i = 0; i < 2; ++i) {
        callers.emplace_back([this] {
            EXPECT_TRUE(CallService(path_, {.method = "GET", .target = "/", .body = {}}));
        });
    }
    callers.clear();
    EXPECT_TRUE(together);
}

TEST_F(ControlSocketTest, RefusesTheSeventeenthCallWithASentenceAndGoesOn) {
    std::atomic<int> inside = 0;
    std::atomic<bool> go_on = false;
    const auto socket = ControlSocket::Listen(path_, [&](const ApiCall& call) {
        ++inside;
        go_on.wait(false);
        return Echo(call);
    });
    ASSERT_TRUE(socket);
    std::vector<std::jthread> callers;
    for (int i = 0; i < 16; ++i) {
        callers.emplace_back([this] {
            const auto answer = CallService(path_, {.method = "GET", .target = "/", .body = {}});
            ASSERT_TRUE(answer) << answer.error().message;
            EXPECT_EQ(answer->status, 200);
        });
    }
    while (inside < 16) {
        std::this_thread::yield();
    }
    const auto refused =
        CallService(path_, {.method = "POST", .target = "/", .body = std::string(4U << 20U, 'x')});
    ASSERT_TRUE(refused) << refused.error().message;
    EXPECT_EQ(refused->status, 503);
    EXPECT_THAT(refused->body, HasSubstr("try again"));
    go_on = true;
    go_on.notify_all();
    callers.clear();
    const auto later = CallService(path_, {.method = "GET", .target = "/", .body = {}});
    ASSERT_TRUE(later);
    EXPECT_EQ(later->status, 200);
}

TEST_F(ControlSocketTest, StopsAtOnceAlthoughACallerSaysNothing) {
    auto socket = ControlSocket::Listen(path_, Echo);
    ASSERT_TRUE(socket);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::ranges::copy(path_.native(), address.sun_path);
    const UniqueFd silent(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(silent.Get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_TRUE(CallService(path_, {.method = "GET", .target = "/", .body = {}}));  // it was accepted before
    const auto start = std::chrono::steady_clock::now();
    socket->reset();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST_F(ControlSocketTest, TellsAUserWhoMayNotReachItFromAServiceThatIsNotThere) {
    const auto socket = ControlSocket::Listen(path_, Echo);
    ASSERT_TRUE(socket);
    const bool is_root = ::geteuid() == 0;
    if (is_root) {  // who may reach everything, and so becomes somebody else for a moment
        ASSERT_EQ(::seteuid(65534), 0);
    } else {
        std::filesystem::permissions(path_, std::filesystem::perms::none);
    }
    const auto answer = CallService(path_, {.method = "GET", .target = "/", .body = {}});
    ASSERT_TRUE(!is_root || ::seteuid(0) == 0);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kForbidden);
    EXPECT_THAT(answer.error().message, HasSubstr("as the user of the service"));
}

TEST_F(ControlSocketTest, RefusesAFolderThatIsTooDeepForASocketWithASentence) {
    const auto socket = ControlSocket::Listen(folder_ / std::string(200, 'd') / "control.sock", Echo);
    ASSERT_FALSE(socket);
    EXPECT_THAT(socket.error().message, HasSubstr("shorter DATA_DIR"));
}

}  // namespace
}  // namespace notify
