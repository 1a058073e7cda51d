#include "core/log.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/clock.hpp"
#include "core/file.hpp"

namespace notify {

namespace {

class Logging : public ::testing::Test {
protected:
    ~Logging() override { SetLogLevel(LogLevel::kInfo); }

    static std::string Captured(const std::function<void()>& act) {
        ::testing::internal::CaptureStderr();
        act();
        return ::testing::internal::GetCapturedStderr();
    }
};

TEST_F(Logging, WritesOneLineWithItsFields) {
    const auto line =
        Captured([] { Log(LogLevel::kWarn, "item claimed", {{"item", "itm_1"}, {"attempt", 3}}); });
    EXPECT_TRUE(line.ends_with(" warn  item claimed item=itm_1 attempt=3\n")) << line;
    EXPECT_TRUE(FromRfc3339(line.substr(0, 24))) << line;
}

TEST_F(Logging, StaysOneLineWhateverAValueHolds) {
    const auto line = Captured([] {
        Log(LogLevel::kInfo,
            "x",
            {{"a", "two words"}, {"b", "quo\"te"}, {"c", "new\nline\x1b[31m"}, {"d", ""}, {"e", "k=v"}});
    });
    EXPECT_EQ(std::ranges::count(line, '\n'), 1);
    EXPECT_NE(line.find(R"(a="two words" b="quo\"te" c="new\x0aline)"), std::string::npos) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
    EXPECT_NE(line.find(R"(d="" e="k=v")"), std::string::npos) << line;
}

TEST_F(Logging, LeavesOutWhatIsBelowItsLevel) {
    EXPECT_EQ(Captured([] { Log(LogLevel::kDebug, "x"); }), "");
    SetLogLevel(LogLevel::kTrace);
    EXPECT_NE(Captured([] { Log(LogLevel::kTrace, "x"); }), "");
    SetLogLevel(LogLevel::kOff);
    EXPECT_EQ(Captured([] { Log(LogLevel::kError, "x"); }), "");
}

TEST_F(Logging, SaysHowManyLinesWereLostWhenItCanBeReadAgain) {
    const auto said = Captured([] {
        const UniqueFd kept(::dup(STDERR_FILENO));
        const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
        ::dup2(full.Get(), STDERR_FILENO);
        Log(LogLevel::kInfo, "lost");
        Log(LogLevel::kInfo, "lost");
        ::dup2(kept.Get(), STDERR_FILENO);
        Log(LogLevel::kInfo, "read");
        Log(LogLevel::kInfo, "read");
    });
    EXPECT_EQ(std::ranges::count(said, '\n'), 3);
    EXPECT_NE(said.find(" warn  log lines were lost count=2\n"), std::string::npos) << said;
    EXPECT_EQ(said.find("info  lost"), std::string::npos);
}

TEST_F(Logging, DropsLinesThatNobodyReads) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    const UniqueFd reading(ends[0]);
    const UniqueFd writing(ends[1]);
    const std::string filler(65536, 'x');
    while (::write(writing.Get(), filler.data(), filler.size()) > 0) {
    }
    const UniqueFd kept(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
    const auto before = DroppedLogLines();
    ::dup2(writing.Get(), STDERR_FILENO);
    Log(LogLevel::kError, "nobody reads this");
    ::dup2(kept.Get(), STDERR_FILENO);
    EXPECT_EQ(DroppedLogLines(), before + 1);
}

}  // namespace

}  // namespace notify
