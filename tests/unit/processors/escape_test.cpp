// What a decoder that was taken over can reach from inside the sandbox: nothing.

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "host_fixture.hpp"

namespace notify::testing {
namespace {

constexpr int kEndsTheChild = 0;

/// An attempt by its name in escape_attempts.cpp, and why it must fail: the errno it is refused with (EPERM
/// is the filter's, whoever runs this and whether or not there is such a file), or the end of the child.
struct Tried {
    const char* name;
    int refused_with;
};

class Escape : public ::testing::TestWithParam<Tried> {
protected:
    Folder folder_;
};

TEST_P(Escape, IsRefusedForTheRightReason) {
    auto settings = SettingsFor(NOTIFY_HOSTILE_CHILD);
    ProcessorHost host(settings);
    const auto report = host.Probe();
    ASSERT_TRUE(report) << report.error().message;
    if (!report->seccomp) {
        GTEST_SKIP() << report->note;
    }
    const auto config = std::string(R"({"try":")") + GetParam().name + R"("})";
    const auto seen =
        RunJobIn(host, JobOfFile(folder_.Write("item", "x"), {Process("prc_1", "hostile", config)}));
    const auto& outcome = seen["prc_1"];
    if (GetParam().refused_with == kEndsTheChild) {
        ASSERT_FALSE(outcome.document) << *outcome.document;
        EXPECT_TRUE(outcome.crashed);
        EXPECT_THAT(outcome.document.error().message, ::testing::HasSubstr("Bad system call"));
    } else {
        ASSERT_TRUE(outcome.document) << outcome.document.error().message;
        const auto said = ParseJson(*outcome.document).value();
        EXPECT_EQ(said.at("escaped"), false);
        EXPECT_EQ(said.at("errno"), GetParam().refused_with) << std::strerror(GetParam().refused_with);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Attempts,
    Escape,
    ::testing::Values(
        Tried{"open-shadow", EPERM},
        Tried{"open-passwd", EPERM},
        Tried{"open-parents-environment", EPERM},
        Tried{"open-own-memory", kEndsTheChild},
        Tried{"open-models", EPERM},
        Tried{"open-for-writing", kEndsTheChild},
        Tried{"creat", kEndsTheChild},
        Tried{"write-to-the-item", EBADF},
        Tried{"truncate", EPERM},
        Tried{"make-folder", EPERM},
        Tried{"unlink", EPERM},
        Tried{"rename", EPERM},
        Tried{"link", EPERM},
        Tried{"chmod", EPERM},
        Tried{"socket", kEndsTheChild},
        Tried{"unix-socket", kEndsTheChild},
        Tried{"connect", kEndsTheChild},
        Tried{"execve", kEndsTheChild},
        Tried{"execve-of-itself", kEndsTheChild},
        Tried{"execveat", kEndsTheChild},
        Tried{"fork", kEndsTheChild},
        Tried{"fork-bomb", kEndsTheChild},
        Tried{"vfork", kEndsTheChild},
        Tried{"clone3", ENOSYS},
        Tried{"clone-without-thread", kEndsTheChild},
        Tried{"clone-new-user", kEndsTheChild},
        Tried{"ptrace-parent", kEndsTheChild},
        Tried{"read-parents-memory", kEndsTheChild},
        Tried{"kill-parent", EPERM},
        Tried{"kill-everyone", EPERM},
        Tried{"signal-parents-thread", EPERM},
        Tried{"pidfd-of-parent", EPERM},
        Tried{"unshare", kEndsTheChild},
        Tried{"mount", kEndsTheChild},
        Tried{"io-uring", kEndsTheChild},
        Tried{"bpf", kEndsTheChild},
        Tried{"perf", EPERM},
        Tried{"userfaultfd", EPERM},
        Tried{"memfd", EPERM},
        Tried{"keyctl", EPERM},
        Tried{"dumpable-again", EPERM},
        Tried{"raise-limit", EPERM},
        Tried{"chroot", EPERM},
        Tried{"become-nobody", EPERM},
        Tried{"new-session", EPERM},
        Tried{"leave-group", EPERM}
    ),
    [](const ::testing::TestParamInfo<Tried>& tested) {
        std::string name = tested.param.name;
        std::ranges::replace(name, '-', '_');
        return name;
    }
);

}  // namespace
}  // namespace notify::testing
