#include "core/fault_log.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace notify {
namespace {

using std::chrono::seconds;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

const FaultLog::Time kBegin{std::chrono::hours(1)};

int Count(const std::string& text, const std::string& part) {
    int count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

TEST(FaultLog, SaysAFaultOnceThenOnceAMinuteAndWhenItIsOver) {
    const Result<void> full = Fail(ErrorCode::kStorageFull, "no room");
    CaptureStderr();
    FaultLog log(LogLevel::kError, "it broke", "it is well again");
    log.Note({}, kBegin);
    for (int i = 0; i < 119; ++i) {
        log.Note(full, kBegin + seconds(i));
    }
    log.Note({}, kBegin + seconds(120));
    log.Note({}, kBegin + seconds(121));
    const auto text = GetCapturedStderr();
    EXPECT_EQ(Count(text, "it broke error=\"no room\" times=1\n"), 1) << text;
    EXPECT_EQ(Count(text, "it broke error=\"no room\" times=61\n"), 1) << text;
    EXPECT_EQ(Count(text, "it broke"), 2) << text;
    EXPECT_EQ(Count(text, "it is well again"), 1) << text;
}

TEST(FaultLog, SaysAFaultThatComesAndGoesNoMoreThanOnceAMinute) {
    const Result<void> full = Fail(ErrorCode::kStorageFull, "no room");
    CaptureStderr();
    FaultLog log(LogLevel::kError, "it broke", "it is well again");
    for (int i = 0; i < 59; ++i) {
        log.Note(i % 2 == 0 ? full : Result<void>{}, kBegin + seconds(i));
    }
    const auto text = GetCapturedStderr();
    EXPECT_EQ(Count(text, "it broke"), 1) << text;
    EXPECT_EQ(Count(text, "it is well again"), 1) << text;
}

}  // namespace
}  // namespace notify
