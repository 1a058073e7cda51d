#include "processors/child/sandbox.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <system_error>

#include <bits/types/sigset_t.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <linux/prctl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/file.hpp"
#include "processors/sandbox_report.hpp"

namespace notify {

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Debian 12's header knows Landlock's first version only; the kernel's numbers (linux/landlock.h)
constexpr std::uint64_t kRefer = 1ULL << 13U;
constexpr std::uint64_t kTruncate = 1ULL << 14U;
constexpr std::uint64_t kIoctlDevice = 1ULL << 15U;
constexpr std::uint64_t kTcp = 3;
constexpr std::uint64_t kScopes = 3;

constexpr std::uint64_t kMaxDescriptors = 256;  // OpenVINO and its plugins need about 20

struct Ruleset {
    std::uint64_t files = 0;
    std::uint64_t tcp = 0;
    std::uint64_t scopes = 0;
};

Ruleset RulesetFor(int abi) {
    Ruleset rules{.files = (1ULL << 13U) - 1};
    rules.files |= abi >= 2 ? kRefer : 0;
    rules.files |= abi >= 3 ? kTruncate : 0;
    rules.files |= abi >= 5 ? kIoctlDevice : 0;
    rules.tcp = abi >= 4 ? kTcp : 0;
    rules.scopes = abi >= 6 ? kScopes : 0;
    return rules;
}

/// Folders of the libraries this process runs from: plugins are loaded from beside them.
std::set<std::string> LibraryFolders() {
    std::set<std::string> folders;
    std::ifstream maps("/proc/self/maps");
    std::string line;
    while (std::getline(maps, line)) {
        const auto slash = line.find('/');
        const auto end = line.rfind('/');
        if (slash != std::string::npos && end > slash && line.find(".so", end) != std::string::npos) {
            folders.insert(line.substr(slash, end - slash));
        }
    }
    return folders;
}

void AllowReading(int ruleset, const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!fd.IsOpen()) {
        return;
    }
    landlock_path_beneath_attr rule{};
    rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    rule.parent_fd = fd.Get();
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0 &&
        errno == EINVAL) {
        rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;  // a file, no folder
        ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
}

void EnterLandlock(SandboxReport& report, const std::filesystem::path& models) {
    const auto abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi <= 0) {
        report.note = "this kernel has no Landlock";
        return;
    }
    auto rules = RulesetFor(static_cast<int>(abi));
    const std::size_t size = abi >= 6 ? sizeof(rules) : abi >= 4 ? 16 : 8;
    const UniqueFd ruleset(static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, size, 0)));
    if (!ruleset.IsOpen()) {
        report.note = fmt::format("Landlock refuses its rules: {}", std::generic_category().message(errno));
        return;
    }
    for (const auto& folder : LibraryFolders()) {
        AllowReading(ruleset.Get(), folder);
    }
    for (const auto* path :
         {"/proc/self", "/sys/devices", "/sys/fs/cgroup", "/etc/ld.so.cache", "/etc/ssl/openssl.cnf"}) {
        AllowReading(ruleset.Get(), path);
    }
    AllowReading(ruleset.Get(), models);
    if (::syscall(SYS_landlock_restrict_self, ruleset.Get(), 0) != 0) {
        report.note = fmt::format("Landlock cannot be entered: {}", std::generic_category().message(errno));
        return;
    }
    report.landlock_abi = static_cast<int>(abi);
}

void SetLimit(__rlimit_resource resource, std::uint64_t value) {
    const rlimit limit{.rlim_cur = value, .rlim_max = value};
    ::setrlimit(resource, &limit);
}

struct ReleaseFilter {
    void operator()(void* filter) const noexcept { seccomp_release(filter); }
};

constexpr std::array kAllowed{
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(mmap),
    SCMP_SYS(munmap),
    SCMP_SYS(mprotect),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_setaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrusage),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

/// What the sanitizers' own checks need: a pipe to see whether memory can be read, the program's name for
/// reports.
constexpr std::array kForSanitizers{
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
};

constexpr std::array kDeadly{
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(fork),
    SCMP_SYS(vfork),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(unshare),
    SCMP_SYS(setns),
    SCMP_SYS(bpf),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(kexec_load),
    SCMP_SYS(init_module),
};

/// Threads may be made, processes may not; clone3 hides its flags, so the C library is sent back to clone.
/// Signals reach this process only (abort needs them).
int AddThreadRules(void* filter) {
    const scmp_arg_cmp thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
    const scmp_arg_cmp process = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0);
    const scmp_arg_cmp self = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0);
    int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, thread);
    failed |= seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1, process);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, self);
    return failed;
}

/// An open descriptor may be looked at (fstat is newfstatat with AT_EMPTY_PATH). Whoever opens for writing is
/// no decoder.
int AddFileRules(void* filter) {
    const scmp_arg_cmp by_descriptor = SCMP_A3(SCMP_CMP_MASKED_EQ, AT_EMPTY_PATH, AT_EMPTY_PATH);
    int failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1, by_descriptor);
    for (const auto flag : std::array<scmp_datum_t, 4>{O_WRONLY, O_RDWR, O_CREAT, O_TRUNC}) {
        const scmp_arg_cmp open_writes = SCMP_A1(SCMP_CMP_MASKED_EQ, flag, flag);
        const scmp_arg_cmp openat_writes = SCMP_A2(SCMP_CMP_MASKED_EQ, flag, flag);
        failed |= seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(open), 1, open_writes);
        failed |= seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(openat), 1, openat_writes);
    }
    return failed | seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(creat), 0);
}

int AddRules(void* filter) {
    int failed = 0;
    for (const int call : kAllowed) {
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    if constexpr (kSanitized) {
        for (const int call : kForSanitizers) {
            failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
        }
    }
    for (const int call : kDeadly) {
        failed |= seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0);
    }
    failed |= AddThreadRules(filter);
    failed |= AddFileRules(filter);
    return failed;
}

void SetLevel(SandboxReport& report) {
    const int reached = (report.landlock_abi > 0 ? 1 : 0) + (report.seccomp ? 1 : 0);
    report.level = reached == 2 ? "full" : reached == 1 ? "partial" : "none";
}

/// A service blocks the signals it waits for; a child does not inherit that.
void ResetSignals() {
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    for (int number = 1; number < NSIG; ++number) {
        const bool sanitizers = kSanitized && (number == SIGSEGV || number == SIGBUS);
        if (number != SIGKILL && number != SIGSTOP && !sanitizers) {
            static_cast<void>(std::signal(number, SIG_DFL));
        }
    }
    static_cast<void>(
        std::signal(SIGPIPE, SIG_IGN)
    );  // a parent that is gone is noticed by the write that fails
}

}  // namespace

SandboxReport EnterRoom(const std::filesystem::path& models, std::uint64_t data_bytes, int parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (parent != 0 && ::getppid() != parent) {
        ::_exit(1);  // the parent died before the line above
    }
    ::prctl(PR_SET_DUMPABLE, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ResetSignals();
    SetLimit(RLIMIT_CORE, 0);
    if (!kSanitized) {
        SetLimit(RLIMIT_FSIZE, 0);  // their reports may go to a file
    }
    SetLimit(RLIMIT_NOFILE, kMaxDescriptors);
    if (!kSanitized && data_bytes > 0) {
        SetLimit(RLIMIT_DATA, data_bytes);
    }
    SandboxReport report;
    EnterLandlock(report, models);
    return report;
}

void CloseSystemCalls(SandboxReport& report) {
    const std::unique_ptr<void, ReleaseFilter> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
    if (filter == nullptr || seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1) != 0 ||
        AddRules(filter.get()) != 0 || seccomp_load(filter.get()) != 0) {
        report.note += report.note.empty() ? "" : "; ";
        SetLevel(report);
        report.note += "system calls cannot be filtered on this machine";
        return;
    }
    report.seccomp = true;
    SetLevel(report);
}

}  // namespace notify
