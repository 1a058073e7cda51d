#include "app/control_socket.hpp"

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

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

TEST_F(ControlSocketTest, RefusesAFolderThatIsTooDeepForASocketWithASentence) {
    const auto socket = ControlSocket::Listen(folder_ / std::string(200, 'd') / "control.sock", Echo);
    ASSERT_FALSE(socket);
    EXPECT_THAT(socket.error().message, HasSubstr("shorter DATA_DIR"));
}

}  // namespace
}  // namespace notify
