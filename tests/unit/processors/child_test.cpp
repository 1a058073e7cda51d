// The processor's own child, started and fed as the service does it.

#include <chrono>
#include <csignal>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "core/json.hpp"
#include "domain/process.hpp"
#include "host_fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::steady_clock;

class Child : public ::testing::Test {
protected:
    ProcessorHost host_{SettingsFor(NOTIFY_PROCESSOR)};
    Folder folder_;
};

std::string Member(const JobOutcome& outcome, std::string_view name) {
    const auto document = ParseJson(outcome.document.value()).value();
    const auto& value = document.at(name);
    return value.is_string() ? std::string(value.as_string()) : ToJsonText(value);
}

TEST_F(Child, TellsTheChecksumOfAFileByItsDescriptor) {
    const auto bytes = Noise(3'000'001);
    const auto seen =
        RunJobIn(host_, JobOfFile(folder_.Write("a.bin", bytes), {Process("prc_1", "checksum")}));
    ASSERT_TRUE(seen.ran) << seen.ran.error().message;
    ASSERT_TRUE(seen["prc_1"].document) << seen["prc_1"].document.error().message;
    EXPECT_EQ(Member(seen["prc_1"], "sha256"), Sha256Hex(bytes));
    EXPECT_EQ(Member(seen["prc_1"], "size_bytes"), "3000001");
    EXPECT_FALSE(seen["prc_1"].crashed);
}

TEST_F(Child, TellsTheSameChecksumThroughAReader) {
    const auto bytes = Noise(3'000'001);
    const auto seen = RunJobIn(host_, JobOfBytes(bytes, {Process("prc_1", "checksum")}));
    ASSERT_TRUE(seen["prc_1"].document) << seen["prc_1"].document.error().message;
    EXPECT_EQ(Member(seen["prc_1"], "sha256"), Sha256Hex(bytes));
}

TEST_F(Child, TellsTheChecksumOfNothing) {
    const auto file = RunJobIn(host_, JobOfFile(folder_.Write("empty", ""), {Process("prc_1", "checksum")}));
    const auto read = RunJobIn(host_, JobOfBytes("", {Process("prc_1", "checksum")}));
    EXPECT_EQ(Member(file["prc_1"], "sha256"), Sha256Hex(""));
    EXPECT_EQ(Member(read["prc_1"], "sha256"), Sha256Hex(""));
}

TEST_F(Child, EndsEachProcessOfAGroupOnce) {
    const auto seen = RunJobIn(
        host_,
        JobOfBytes(
            "only words",
            {Process("prc_1", "checksum"), Process("prc_2", "no-such"), Process("prc_3", "checksum")}
        )
    );
    EXPECT_THAT(seen.order, ::testing::UnorderedElementsAre("prc_1", "prc_2", "prc_3"));
    EXPECT_TRUE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_2"].document.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(seen["prc_3"].document);
}

TEST_F(Child, RunsWhatNeedsNoModelsWhenTheModelsCannotBeLoaded) {
    auto settings = SettingsFor(NOTIFY_PROCESSOR);
    settings.model_folder = "/nonexistent";
    ProcessorHost host(settings);
    const auto seen = RunJobIn(
        host,
        JobOfBytes(
            "only words",
            {Process("prc_1", "checksum"),
             Process("prc_2", "facial-recognition"),
             Process("prc_3", "checksum")}
        )
    );
    ASSERT_TRUE(seen.ran) << seen.ran.error().message;
    EXPECT_THAT(seen.order, ::testing::UnorderedElementsAre("prc_1", "prc_2", "prc_3"));
    EXPECT_TRUE(seen["prc_1"].document);
    EXPECT_TRUE(seen["prc_3"].document);
    const auto& waits = seen["prc_2"];
    ASSERT_FALSE(waits.document);
    EXPECT_EQ(waits.document.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(waits.document.error().reason, kNoChild);
    EXPECT_THAT(waits.document.error().message, ::testing::HasSubstr("load the face models"));
    EXPECT_FALSE(waits.crashed);
}

TEST_F(Child, TriesNothingWhenNoChildCanBeStartedAtAll) {
    ProcessorHost host(SettingsFor("/nonexistent"));
    const auto seen = RunJobIn(
        host, JobOfBytes("x", {Process("prc_1", "checksum"), Process("prc_2", "facial-recognition")})
    );
    ASSERT_FALSE(seen.ran);
    EXPECT_EQ(seen.ran.error().reason, kNoChild);
    EXPECT_TRUE(seen.outcomes.empty());
}

TEST_F(Child, RunsAHundredJobsWarm) {
    ASSERT_TRUE(host_.Probe());
    const auto child = ChildrenOf(::getpid());
    for (int i = 0; i < 100; ++i) {
        const auto bytes = Noise(static_cast<std::size_t>(i) * 1000);
        const auto seen = RunJobIn(host_, JobOfBytes(bytes, {Process("prc_1", "checksum")}));
        ASSERT_TRUE(seen["prc_1"].document);
        ASSERT_EQ(Member(seen["prc_1"], "sha256"), Sha256Hex(bytes));
    }
    EXPECT_EQ(ChildrenOf(::getpid()), child);
}

TEST_F(Child, TellsWhatItsSandboxReached) {
    const auto report = host_.Probe();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_THAT(report->level, ::testing::AnyOf("full", "partial", "none"));
    EXPECT_EQ(report->level == "full", report->note.empty());
    EXPECT_EQ(report->level == "none", report->landlock_abi == 0 && !report->seccomp);
}

TEST_F(Child, GivesBackTheStoresOwnError) {
    Error error{
        .code = ErrorCode::kThrottled,
        .stage = "read",
        .reason = "slow_down",
        .retry_after = std::chrono::seconds(7),
        .message = "slow down"
    };
    auto job = JobOfBytes("", {Process("prc_1", "checksum")});
    job.size_bytes = 2'000'000;
    job.reader = std::make_unique<MemorySource>(Noise(2'000'000), 1'500'000, error);
    const auto seen = RunJobIn(host_, std::move(job));
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kThrottled);
    EXPECT_EQ(seen["prc_1"].document.error().retry_after, std::chrono::seconds(7));
    EXPECT_FALSE(seen["prc_1"].crashed);
}

TEST_F(Child, TakesANameThatIsNotUtf8) {
    auto job = JobOfBytes("x", {Process("prc_1", "checksum")});
    job.name = "caf\xE9\n.mp4";
    EXPECT_TRUE(RunJobIn(host_, std::move(job))["prc_1"].document);
}

TEST_F(Child, RefusesADescriptorThatCouldBeWritten) {
    auto job = JobOfFile(folder_.Write("a", "x"), {Process("prc_1", "checksum")});
    job.descriptor = UniqueFd(::open((folder_.Path() / "a").c_str(), O_RDWR | O_CLOEXEC));
    const auto seen = RunJobIn(host_, std::move(job));
    ASSERT_FALSE(seen.ran);
    EXPECT_EQ(seen.ran.error().code, ErrorCode::kInvalidArgument);
    EXPECT_TRUE(seen.outcomes.empty());
}

TEST_F(Child, LeavesWhenItIsIdle) {
    auto settings = SettingsFor(NOTIFY_PROCESSOR);
    settings.limits.idle = std::chrono::seconds(1);
    ProcessorHost host(settings);
    ASSERT_TRUE(host.Probe());
    const auto child = ChildrenOf(::getpid());
    ASSERT_EQ(child.size(), 1U);
    const auto deadline = steady_clock::now() + std::chrono::seconds(30);
    while (!ChildrenOf(::getpid()).empty() && steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
}

TEST_F(Child, IsReplacedWhenItDiedWhileIdle) {
    ASSERT_TRUE(host_.Probe());
    for (const auto pid : ChildrenOf(::getpid())) {
        ::kill(pid, SIGKILL);
        siginfo_t ended{};
        ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT), 0);
    }
    EXPECT_TRUE(RunJobIn(host_, JobOfBytes("x", {Process("prc_1", "checksum")}))["prc_1"].document);
}

TEST_F(Child, GoesWithItsHost) {
    {
        ProcessorHost host(SettingsFor(NOTIFY_PROCESSOR));
        ASSERT_TRUE(host.Probe());
        EXPECT_EQ(ChildrenOf(::getpid()).size(), 1U);
    }
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
}

TEST(ProcessorHost, SaysWhyNoChildCanBeStarted) {
    ProcessorHost host(SettingsFor("/no/such/program"));
    const auto seen = RunJobIn(host, JobOfBytes("x", {Process("prc_1", "checksum")}));
    ASSERT_FALSE(seen.ran);
    EXPECT_EQ(seen.ran.error().code, ErrorCode::kUnavailable);
    EXPECT_EQ(seen.ran.error().stage, "child");
    EXPECT_THAT(seen.ran.error().message, ::testing::HasSubstr("No such file"));
    EXPECT_TRUE(seen.outcomes.empty());
}

TEST(ProcessorHost, SaysThatAProgramIsNoProcessor) {
    ProcessorHost host(SettingsFor("/bin/true"));
    const auto report = host.Probe();
    ASSERT_FALSE(report);
    EXPECT_THAT(report.error().message, ::testing::HasSubstr("exit code 0"));
}

TEST(ProcessorHost, SaysThatTheModelsAreMissing) {
    Folder empty;
    auto settings = SettingsFor(NOTIFY_PROCESSOR);
    settings.model_folder = empty.Path();
    ProcessorHost host(settings);
    const auto seen = RunJobIn(host, JobOfBytes("x", {Process("prc_1", "facial-recognition")}));
    ASSERT_FALSE(seen.ran);
    EXPECT_EQ(seen.ran.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(seen.ran.error().message, ::testing::HasSubstr("script/bootstrap"));
}

}  // namespace
}  // namespace notify::testing
