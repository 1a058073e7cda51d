// The host against a child that misbehaves: every process gets the right outcome, the host lives on, nothing
// is left.

#include <chrono>
#include <csignal>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "core/json.hpp"
#include "host_fixture.hpp"

namespace notify::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

HostSettings HostileSettings() {
    auto settings = SettingsFor(NOTIFY_HOSTILE_CHILD);
    settings.limits.resident_bytes = 700ULL << 20U;
    return settings;
}

JobProcess Does(const std::string& deed, const std::string& id = "prc_1") {
    return Process(id, "hostile", R"({"do":")" + deed + R"("})");
}

Job JobThatDoes(const std::string& deed) {
    return JobOfBytes("some bytes", {Does(deed)});
}

Job JobWith(const std::string& config) {
    return JobOfBytes("some bytes", {Process("prc_1", "hostile", config)});
}

void WaitUntil(const std::function<bool()>& is_so) {
    const auto deadline = steady_clock::now() + seconds(60);
    while (!is_so() && steady_clock::now() < deadline) {
        std::this_thread::sleep_for(milliseconds(2));
    }
    EXPECT_TRUE(is_so());
}

struct Ends {
    const char* deed;
    const char* reason;
    const char* sentence;
};

class Misbehaving : public ::testing::TestWithParam<Ends> {};

TEST_P(Misbehaving, EndsAsCrashedWithItsReasonAndTheHostGoesOn) {
    ProcessorHost host(HostileSettings());
    const auto seen = RunJobIn(host, JobThatDoes(GetParam().deed));
    ASSERT_TRUE(seen.ran) << seen.ran.error().message;
    ASSERT_EQ(seen.order.size(), 1U);
    const auto& outcome = seen["prc_1"];
    ASSERT_FALSE(outcome.document);
    EXPECT_TRUE(outcome.crashed);
    EXPECT_EQ(outcome.document.error().code, ErrorCode::kInternal);
    EXPECT_EQ(outcome.document.error().stage, "child");
    EXPECT_EQ(outcome.document.error().reason, GetParam().reason);
    EXPECT_THAT(outcome.document.error().message, HasSubstr(GetParam().sentence));
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
    EXPECT_TRUE(RunJobIn(host, JobThatDoes("nothing"))["prc_1"].document);
}

INSTANTIATE_TEST_SUITE_P(
    Child,
    Misbehaving,
    ::testing::Values(
        Ends{"abort", "crashed", "signal 6 (Aborted)"},
        Ends{"segfault", "crashed", "signal 11 (Segmentation fault)"},
        Ends{"exit", "crashed", "exit code 7"},
        Ends{"half-frame", "crashed", "exit code 0"},
        Ends{"memory", "memory", "memory"},
        Ends{"flood-lines", "protocol", "floods"},
        Ends{"flood-blobs", "protocol", "larger than it may"},
        Ends{"no-json", "protocol", "not JSON"},
        Ends{"long-line", "protocol", "line"},
        Ends{"binary-line", "protocol", "not JSON"},
        Ends{"deep-line", "protocol", "not JSON"},
        Ends{"ready-again", "protocol", "ready"},
        Ends{"done-early", "protocol", "done"},
        Ends{"other-job", "protocol", "does not run"},
        Ends{"other-process", "protocol", "does not run"},
        Ends{"result-without-blobs", "protocol", "other blobs"},
        Ends{"document-no-json", "protocol", "document"},
        Ends{"document-array", "protocol", "document"},
        Ends{"leave-unasked", "protocol", "without being asked"},
        Ends{"checkpoint-without-blobs", "protocol", "was not sent"},
        Ends{"resume-another", "protocol", "does not run"},
        Ends{"media-of-another-job", "protocol", "another job"},
        Ends{"media-without-end", "protocol", "no time"},
        Ends{"blob-outside", "protocol", "name"},
        Ends{"blob-dots", "protocol", "name"},
        Ends{"blob-other-size", "protocol", "size"},
        Ends{"bad-frame", "protocol", "frame"}
    ),
    [](const ::testing::TestParamInfo<Ends>& tested) {
        std::string name = tested.param.deed;
        std::ranges::replace(name, '-', '_');
        return name;
    }
);

class Silent : public ::testing::TestWithParam<const char*> {};

TEST_P(Silent, IsEndedWhenItGivesNoSignOfLife) {
    auto settings = HostileSettings();
    settings.limits.silence = seconds(1);
    ProcessorHost host(settings);
    const auto seen = RunJobIn(host, JobThatDoes(GetParam()));
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_TRUE(seen["prc_1"].crashed);
    EXPECT_THAT(seen["prc_1"].document.error().reason, ::testing::AnyOf("silent", "crashed"));
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
}

INSTANTIATE_TEST_SUITE_P(
    Child, Silent, ::testing::Values("hang", "close-output", "flood-reads"), [](const auto& tested) {
        std::string name = tested.param;
        std::ranges::replace(name, '-', '_');
        return name;
    }
);

TEST(HostileChild, IsEndedWhenItWorksForTooLong) {
    auto settings = HostileSettings();
    settings.limits.total = seconds(1);
    ProcessorHost host(settings);
    const auto seen = RunJobIn(host, JobWith(R"({"obedient":true})"));
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().reason, "time");
}

TEST(ChildWithMuchToSay, FailsWithASentenceAndIsNoCrash) {
    ProcessorHost host(HostileSettings());
    const auto seen = RunJobIn(
        host, JobOfBytes("x", {Process("prc_1", "hostile", R"({"much":true})"), Does("nothing", "prc_2")})
    );
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_FALSE(seen["prc_1"].crashed);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kTooLarge);
    EXPECT_THAT(seen["prc_1"].document.error().message, HasSubstr("33 MiB"));
    EXPECT_TRUE(seen["prc_2"].document);
}

TEST(HostileChild, LosesNothingThatItsGroupHadGivenBefore) {
    ProcessorHost host(HostileSettings());
    const auto seen = RunJobIn(
        host, JobOfBytes("x", {Does("nothing", "prc_1"), Does("abort", "prc_2"), Does("nothing", "prc_3")})
    );
    EXPECT_THAT(seen.order, ::testing::ElementsAre("prc_1", "prc_2", "prc_3"));
    ASSERT_TRUE(seen["prc_1"].document);
    EXPECT_EQ(*seen["prc_1"].document, R"({"did":"nothing"})");
    ASSERT_EQ(seen["prc_1"].artifacts.size(), 1U);
    EXPECT_EQ(seen["prc_1"].artifacts[0].bytes, "done");
    EXPECT_TRUE(seen["prc_1"].artifacts[0].sealed);
    EXPECT_TRUE(seen["prc_2"].crashed);
    EXPECT_TRUE(seen["prc_3"].crashed);
}

TEST(HostileChild, CannotGiveTwoResultsOfOneProcess) {
    ProcessorHost host(HostileSettings());
    const auto seen = RunJobIn(host, JobThatDoes("result-twice"));
    EXPECT_EQ(seen.order.size(), 1U);
    EXPECT_TRUE(ChildrenOf(::getpid()).empty()) << "it broke the protocol afterwards";
}

TEST(HostileChild, MayLogAsMuchAsItLikesWithoutHarm) {
    ProcessorHost host(HostileSettings());
    EXPECT_TRUE(RunJobIn(host, JobThatDoes("flood-log"))["prc_1"].document);
}

class Claiming : public ::testing::TestWithParam<const char*> {};

TEST_P(Claiming, CannotPauseASourceOrReleaseWork) {
    ProcessorHost host(HostileSettings());
    const auto seen = RunJobIn(host, JobWith(std::string(R"({"claim":")") + GetParam() + R"("})"));
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kInternal);
    EXPECT_FALSE(seen["prc_1"].document.error().retry_after);
    EXPECT_FALSE(seen["prc_1"].crashed);
}

INSTANTIATE_TEST_SUITE_P(
    Child,
    Claiming,
    ::testing::Values(
        "unauthenticated", "throttled", "stopped", "cancelled", "storage_full", "not_found", "unavailable"
    ),
    [](const auto& tested) { return std::string(tested.param); }
);

TEST(Cancelling, EndsTheProcessAsCancelledAndKeepsTheChild) {
    ProcessorHost host(HostileSettings());
    auto running =
        std::async(std::launch::async, [&] { return RunJobIn(host, JobWith(R"({"obedient":true})")); });
    WaitUntil([&] { return host.CancelProcess(ProcessId("prc_1")); });
    const auto seen = running.get();
    ASSERT_FALSE(seen["prc_1"].document);
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kCancelled);
    EXPECT_FALSE(seen["prc_1"].crashed);
    EXPECT_EQ(ChildrenOf(::getpid()).size(), 1U);
    EXPECT_FALSE(host.CancelProcess(ProcessId("prc_1")));
}

TEST(Cancelling, OfOneProcessLeavesTheOthers) {
    ProcessorHost host(HostileSettings());
    auto running = std::async(std::launch::async, [&] {
        return RunJobIn(
            host,
            JobOfBytes("x", {Process("prc_1", "hostile", R"({"obedient":true})"), Does("nothing", "prc_2")})
        );
    });
    WaitUntil([&] { return host.CancelProcess(ProcessId("prc_1")); });
    const auto seen = running.get();
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kCancelled);
    EXPECT_TRUE(seen["prc_2"].document);
}

/// Runs a job whose first process begins and then hears nothing; `act` is called when it has begun.
Seen RunDeaf(
    ProcessorHost& host, std::vector<JobProcess> others, auto act, const std::stop_token& stop = {}
) {
    others.insert(others.begin(), Does("begin-and-hang"));
    Seen seen;
    const JobObserver observer{
        .progress =
            [&](const ProcessId&, double) {
                if (seen.progress++ == 0) {
                    act();
                }
            },
        .outcome =
            [&](JobOutcome outcome) {
                seen.order.push_back(outcome.id.Value());
                seen.outcomes.insert_or_assign(outcome.id.Value(), std::move(outcome));
            },
    };
    seen.ran = host.Run(JobOfBytes("x", std::move(others)), observer, stop);
    return seen;
}

TEST(Cancelling, EndsAChildThatDoesNotListenAndBlamesNobody) {
    ProcessorHost host(HostileSettings());
    steady_clock::time_point asked;
    const auto seen = RunDeaf(host, {Does("nothing", "prc_2")}, [&] {
        asked = steady_clock::now();
        EXPECT_TRUE(host.CancelProcess(ProcessId("prc_1")));
    });
    EXPECT_LT(steady_clock::now() - asked, seconds(10));
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kCancelled);
    EXPECT_FALSE(seen["prc_1"].crashed);
    EXPECT_EQ(seen["prc_2"].document.error().code, ErrorCode::kStopped) << "it runs again, nothing counted";
    EXPECT_FALSE(seen["prc_2"].crashed);
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
}

TEST(Stopping, ReleasesWorkOfAnObedientChild) {
    ProcessorHost host(HostileSettings());
    std::stop_source stop;
    auto running = std::async(std::launch::async, [&] {
        return RunJobIn(host, JobWith(R"({"obedient":true})"), stop.get_token());
    });
    WaitUntil([] { return !ChildrenOf(::getpid()).empty(); });
    stop.request_stop();
    const auto seen = running.get();
    if (seen.ran) {
        EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kStopped);
    } else {
        EXPECT_EQ(seen.ran.error().code, ErrorCode::kStopped);
    }
}

TEST(Stopping, EndsAChildThatDoesNotListen) {
    ProcessorHost host(HostileSettings());
    std::stop_source stop;
    steady_clock::time_point asked;
    const auto seen = RunDeaf(
        host,
        {},
        [&] {
            asked = steady_clock::now();
            stop.request_stop();
        },
        stop.get_token()
    );
    EXPECT_LT(steady_clock::now() - asked, seconds(7));
    EXPECT_EQ(seen["prc_1"].document.error().code, ErrorCode::kStopped);
    EXPECT_FALSE(seen["prc_1"].crashed);
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
}

TEST(KilledFromOutside, AtAnyMomentEveryProcessHasAnOutcome) {
    ProcessorHost host(HostileSettings());
    for (int moment = 0; moment < 40; ++moment) {
        auto running = std::async(std::launch::async, [&] {
            return RunJobIn(
                host,
                JobOfBytes(
                    Noise(300'000),
                    {Does("nothing", "prc_1"), Process("prc_2", "hostile", R"({"obedient":true})")}
                )
            );
        });
        WaitUntil([] { return !ChildrenOf(::getpid()).empty(); });
        std::this_thread::sleep_for(std::chrono::microseconds(moment * 1500));
        for (const auto pid : ChildrenOf(::getpid())) {
            ::kill(pid, SIGKILL);
        }
        const auto seen = running.get();
        if (seen.ran) {
            ASSERT_EQ(seen.order.size(), 2U);
            EXPECT_TRUE(seen["prc_1"].document.has_value() != seen["prc_1"].crashed);
            EXPECT_TRUE(seen["prc_2"].crashed);
        } else {
            EXPECT_EQ(seen.ran.error().code, ErrorCode::kUnavailable) << "killed before it was ready";
            EXPECT_TRUE(seen.order.empty());
        }
    }
    EXPECT_TRUE(RunJobIn(host, JobThatDoes("nothing"))["prc_1"].document);
}

TEST(AfterManyCrashes, NoDescriptorAndNoProcessIsLeft) {
    ProcessorHost host(HostileSettings());
    static_cast<void>(RunJobIn(host, JobThatDoes("abort")));
    const auto before = OpenDescriptors();
    for (int i = 0; i < 50; ++i) {
        static_cast<void>(RunJobIn(host, JobThatDoes(i % 2 == 0 ? "abort" : "bad-frame")));
    }
    EXPECT_EQ(OpenDescriptors(), before);
    EXPECT_TRUE(ChildrenOf(::getpid()).empty());
}

TEST(WhenTheServiceIsKilled, TheChildGoesToo) {
    const pid_t service = ::fork();
    if (service == 0) {
        ProcessorHost host(HostileSettings());
        static_cast<void>(RunJobIn(host, JobThatDoes("hang")));
        ::_exit(0);
    }
    ASSERT_GT(service, 0);
    WaitUntil([&] { return !ChildrenOf(service).empty(); });
    const auto children = ChildrenOf(service);
    ASSERT_TRUE(IsRunning(children.front()));
    ::kill(service, SIGKILL);
    ::waitpid(service, nullptr, 0);
    WaitUntil([&] { return !IsRunning(children.front()); });
}

}  // namespace
}  // namespace notify::testing
