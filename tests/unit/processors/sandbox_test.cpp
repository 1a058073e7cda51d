// What a file that took the child over could still do: nothing outside the room.

#include "processors/child/sandbox.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace notify {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 10;
constexpr int kNoSandbox = 20;
constexpr std::uint64_t kDataBytes = 4ULL << 30U;

/// Runs `attempt` in this process once it is as locked in as a child that reads media. Ends it with kDone
/// when the attempt returned true, with kRefused when it returned false.
template <class Attempt>
[[noreturn]] void InTheRoom(Attempt attempt) {
    auto report = EnterRoom("/usr/share", kDataBytes, 0);
    CloseSystemCalls(report);
    _exit(report.seccomp ? (attempt() ? kDone : kRefused) : kNoSandbox);
}

/// As InTheRoom, before the system calls are closed: what Landlock alone refuses.
template <class Attempt>
[[noreturn]] void BehindLandlock(Attempt attempt) {
    const auto report = EnterRoom("/usr/share", kDataBytes, 0);
    _exit(report.landlock_abi > 0 ? (attempt() ? kDone : kRefused) : kNoSandbox);
}

bool CanRead(const char* path) {
    return ::open(path, O_RDONLY | O_CLOEXEC) >= 0;
}

bool CanConnect() {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(9);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 ||
           errno == ECONNREFUSED;
}

class SandboxDeathTest : public ::testing::Test {
protected:
    void SetUp() override { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

const auto kKilled = ::testing::KilledBySignal(SIGSYS);
const auto kIsRefused = ::testing::ExitedWithCode(kRefused);
const auto kIsAllowed = ::testing::ExitedWithCode(kDone);

TEST_F(SandboxDeathTest, NoFileIsOpened) {
    EXPECT_EXIT(InTheRoom([] { return CanRead("/etc/passwd"); }), kIsRefused, "");
    EXPECT_EXIT(InTheRoom([] { return CanRead("/usr/share"); }), kIsRefused, "");
    EXPECT_EXIT(InTheRoom([] { return CanRead("/proc/self/environ"); }), kIsRefused, "");
}

TEST_F(SandboxDeathTest, LandlockAloneLeavesTheModelFolderAndNothingPrivate) {
    EXPECT_EXIT(BehindLandlock([] { return CanRead("/etc/passwd"); }), kIsRefused, "");
    EXPECT_EXIT(BehindLandlock([] { return CanRead("/"); }), kIsRefused, "");
    EXPECT_EXIT(BehindLandlock([] { return CanRead("/root"); }), kIsRefused, "");
    EXPECT_EXIT(BehindLandlock([] { return CanRead("/usr/share"); }), kIsAllowed, "");
}

TEST_F(SandboxDeathTest, LandlockAloneLetsNothingBeWritten) {
    const auto writes = [] { return ::open("/usr/share/x", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0; };
    EXPECT_EXIT(BehindLandlock(writes), kIsRefused, "");
    EXPECT_EXIT(
        BehindLandlock([] { return ::mkdir("/tmp/out_of_the_room", 0700) == 0 || errno != EACCES; }),
        kIsRefused,
        ""
    );
}

TEST_F(SandboxDeathTest, LandlockAloneRunsNoProgram) {
    EXPECT_EXIT(
        BehindLandlock([] {
            ::execl("/bin/true", "true", nullptr);
            return errno != EACCES;
        }),
        kIsRefused,
        ""
    );
}

TEST_F(SandboxDeathTest, OpeningForWritingEndsTheProcess) {
    EXPECT_EXIT(InTheRoom([] { return ::open("/dev/null", O_WRONLY | O_CLOEXEC) >= 0; }), kKilled, "");
    EXPECT_EXIT(
        InTheRoom([] { return ::open("/tmp/x", O_RDWR | O_CREAT | O_CLOEXEC, 0600) >= 0; }), kKilled, ""
    );
    EXPECT_EXIT(InTheRoom([] { return ::syscall(SYS_open, "/tmp/x", O_CREAT, 0600) >= 0; }), kKilled, "");
}

TEST_F(SandboxDeathTest, TheNetworkEndsTheProcess) {
    EXPECT_EXIT(InTheRoom(CanConnect), kKilled, "");
    EXPECT_EXIT(InTheRoom([] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }), kKilled, "");
}

TEST_F(SandboxDeathTest, AProgramEndsTheProcess) {
    EXPECT_EXIT(InTheRoom([] { return ::execl("/bin/true", "true", nullptr) == 0; }), kKilled, "");
}

TEST_F(SandboxDeathTest, AnotherProcessEndsTheProcess) {
    EXPECT_EXIT(InTheRoom([] { return ::fork() >= 0; }), kKilled, "");
    EXPECT_EXIT(InTheRoom([] { return ::syscall(SYS_vfork) >= 0; }), kKilled, "");
    EXPECT_EXIT(InTheRoom([] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }), kKilled, "");
}

TEST_F(SandboxDeathTest, NoSignalReachesAnybodyElse) {
    EXPECT_EXIT(InTheRoom([] { return ::kill(::getppid(), 0) == 0; }), kIsRefused, "");
    EXPECT_EXIT(InTheRoom([] { return ::syscall(SYS_tgkill, 1, 1, 0) == 0; }), kIsRefused, "");
}

TEST_F(SandboxDeathTest, LimitsCannotBeRaised) {
    EXPECT_EXIT(
        InTheRoom([] {
            const rlimit limit{.rlim_cur = 1, .rlim_max = 1};
            return ::setrlimit(RLIMIT_NPROC, &limit) == 0;
        }),
        kIsRefused,
        ""
    );
}

TEST_F(SandboxDeathTest, WorkGoesOn) {
    const auto work = [] {
        bool ran = false;
        std::thread([&ran] { ran = true; }).join();
        void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        return ran && page != MAP_FAILED && ::mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
    };
    EXPECT_EXIT(InTheRoom(work), kIsAllowed, "");
}

TEST_F(SandboxDeathTest, ThreadsThatWereThereBeforeAreBoundToo) {
    EXPECT_EXIT(
        {
            auto report = EnterRoom("/usr/share", kDataBytes, 0);
            int go[2]{};
            static_cast<void>(::pipe2(go, O_CLOEXEC));
            std::thread early([fd = go[0]] {
                char byte = 0;
                static_cast<void>(::read(fd, &byte, 1));
                _exit(CanConnect() ? kDone : kRefused);
            });
            CloseSystemCalls(report);
            static_cast<void>(::write(go[1], "x", 1));
            early.join();
        },
        kKilled,
        ""
    );
}

TEST_F(SandboxDeathTest, TheReportIsFullWhereBothAreThere) {
    EXPECT_EXIT(
        {
            auto report = EnterRoom("/usr/share", kDataBytes, 0);
            CloseSystemCalls(report);
            const bool both = report.landlock_abi > 0 && report.seccomp;
            _exit(both == (report.level == "full") && both == report.note.empty() ? kDone : kRefused);
        },
        kIsAllowed,
        ""
    );
}

TEST_F(SandboxDeathTest, AChildOfAnotherParentLeavesAtOnce) {
    EXPECT_EXIT(
        static_cast<void>(EnterRoom("/usr/share", kDataBytes, 1 << 30)), ::testing::ExitedWithCode(1), ""
    );
}

}  // namespace
}  // namespace notify
