// What a decoder that was taken over can reach from inside the sandbox: nothing.

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "host_fixture.hpp"

namespace notify::testing {
namespace {

class Escape : public ::testing::TestWithParam<const char*> {};

/// Either the system call fails, or the kernel ends the child for it.
TEST_P(Escape, IsRefused) {
    auto settings = SettingsFor(NOTIFY_HOSTILE_CHILD);
    ProcessorHost host(settings);
    const auto report = host.Probe();
    ASSERT_TRUE(report) << report.error().message;
    if (!report->seccomp) {
        GTEST_SKIP() << report->note;
    }
    const auto config = std::string(R"({"try":")") + GetParam() + R"("})";
    const auto seen = RunJobIn(host, JobOfBytes("x", {Process("prc_1", "hostile", config)}));
    const auto& outcome = seen["prc_1"];
    if (outcome.document) {
        EXPECT_EQ(ParseJson(*outcome.document).value().at("escaped"), false) << *outcome.document;
    } else {
        EXPECT_TRUE(outcome.crashed);
        EXPECT_THAT(outcome.document.error().message, ::testing::HasSubstr("Bad system call"));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Attempts,
    Escape,
    ::testing::Values(
        "open-shadow",
        "open-passwd",
        "open-parents-environment",
        "open-own-memory",
        "open-models",
        "open-for-writing",
        "openat2",
        "make-folder",
        "unlink",
        "rename",
        "link",
        "chmod",
        "socket",
        "unix-socket",
        "connect",
        "execve",
        "execve-of-itself",
        "fork",
        "clone-without-thread",
        "clone-new-user",
        "ptrace-parent",
        "read-parents-memory",
        "kill-parent",
        "kill-everyone",
        "signal-parents-thread",
        "pidfd-of-parent",
        "unshare",
        "mount",
        "io-uring",
        "bpf",
        "perf",
        "userfaultfd",
        "memfd",
        "keyctl",
        "dumpable-again",
        "raise-limit",
        "chroot",
        "become-nobody",
        "new-session",
        "leave-group"
    ),
    [](const ::testing::TestParamInfo<const char*>& tested) {
        std::string name = tested.param;
        std::ranges::replace(name, '-', '_');
        return name;
    }
);

}  // namespace
}  // namespace notify::testing
