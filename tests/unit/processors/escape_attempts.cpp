#include "escape_attempts.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "processors/protocol/frames.hpp"

namespace notify {

namespace {

/// Writes into every regular file it was handed.
bool WriteToTheItem() {
    bool any = false;
    int refused_with = ENOENT;  // there was none
    for (int fd = 3; fd < 256; ++fd) {
        struct stat status{};
        if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
            any = ::write(fd, "gotcha", 6) > 0 || any;
            refused_with = errno;
        }
    }
    errno = refused_with;
    return any;
}

}  // namespace

const std::map<std::string, std::function<bool()>, std::less<>>& EscapeAttempts() {
    static constexpr int kScratch = 4096;
    static const std::map<std::string, std::function<bool()>, std::less<>> kAttempts{
        {"open-shadow", [] { return ::open("/etc/shadow", O_RDONLY) >= 0; }},
        {"open-passwd", [] { return ::open("/etc/passwd", O_RDONLY) >= 0; }},
        {"open-parents-environment",
         [] { return ::open(("/proc/" + std::to_string(::getppid()) + "/environ").c_str(), O_RDONLY) >= 0; }},
        {"open-own-memory", [] { return ::open("/proc/self/mem", O_RDWR) >= 0; }},
        {"open-models", [] { return ::open(NOTIFY_MODEL_FOLDER, O_RDONLY | O_DIRECTORY) >= 0; }},
        {"open-for-writing", [] { return ::open("/tmp/escaped", O_WRONLY | O_CREAT, 0600) >= 0; }},
        {"openat2",
         [] {
             const std::array<std::uint64_t, 3> how{};
             return ::syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how.data(), sizeof(how)) >= 0;
         }},
        {"make-folder", [] { return ::mkdir("/tmp/escaped", 0700) == 0; }},
        {"unlink", [] { return ::unlink("/tmp/escape-me") == 0; }},
        {"rename", [] { return ::rename("/tmp/escape-me", "/tmp/escaped") == 0; }},
        {"link", [] { return ::symlink("/etc/passwd", "/tmp/escaped") == 0; }},
        {"chmod", [] { return ::chmod("/tmp", 0777) == 0; }},
        {"socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
        {"unix-socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
        {"connect",
         [] {
             sockaddr_in address{};
             address.sin_family = AF_INET;
             address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
             address.sin_port = htons(80);
             return ::connect(
                        kDataDescriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)
                    ) == 0;
         }},
        {"execve",
         [] {
             std::array<char*, 1> none{};
             return ::execve("/bin/true", none.data(), none.data()) == 0;
         }},
        {"execve-of-itself",
         [] {
             std::array<char*, 1> none{};
             return ::execve("/proc/self/exe", none.data(), none.data()) == 0;
         }},
        {"execveat",
         [] {
             std::array<char*, 1> none{};
             return ::syscall(SYS_execveat, AT_FDCWD, "/bin/true", none.data(), none.data(), 0) == 0;
         }},
        {"fork-bomb",
         [] {
             bool any = false;
             for (int i = 0; i < 1000; ++i) {
                 any = ::fork() >= 0 || any;  // each of them goes on
             }
             return any;
         }},
        {"vfork", [] { return ::syscall(SYS_vfork) >= 0; }},
        {"clone3",
         [] {
             std::array<std::uint64_t, 8> process{};
             return ::syscall(SYS_clone3, process.data(), sizeof(process)) >= 0;
         }},
        {"creat", [] { return ::creat("/tmp/escaped", 0600) >= 0; }},
        {"truncate", [] { return ::truncate("/tmp/escape-me", 0) == 0; }},
        {"write-to-the-item", WriteToTheItem},
        {"fork", [] { return ::fork() >= 0; }},
        {"clone-without-thread",
         [] { return ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr) >= 0; }},
        {"clone-new-user",
         [] {
             return ::syscall(SYS_clone, SIGCHLD | CLONE_NEWUSER, nullptr, nullptr, nullptr, nullptr) >= 0;
         }},
        {"ptrace-parent", [] { return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr) == 0; }},
        {"read-parents-memory",
         [] {
             std::array<char, 16> here{};
             const iovec local{.iov_base = here.data(), .iov_len = here.size()};
             const iovec remote{.iov_base = here.data(), .iov_len = here.size()};
             return ::process_vm_readv(::getppid(), &local, 1, &remote, 1, 0) > 0;
         }},
        {"kill-parent", [] { return ::kill(::getppid(), 0) == 0; }},
        {"kill-everyone", [] { return ::kill(-1, 0) == 0; }},
        {"signal-parents-thread", [] { return ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0) == 0; }},
        {"pidfd-of-parent", [] { return ::syscall(SYS_pidfd_open, ::getppid(), 0) >= 0; }},
        {"unshare", [] { return ::unshare(CLONE_NEWUSER) == 0; }},
        {"mount", [] { return ::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0; }},
        {"io-uring",
         [] {
             io_uring_params parameters{};
             return ::syscall(SYS_io_uring_setup, 8, &parameters) >= 0;
         }},
        {"bpf", [] { return ::syscall(SYS_bpf, 0, nullptr, 0) >= 0; }},
        {"perf", [] { return ::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0) >= 0; }},
        {"userfaultfd", [] { return ::syscall(SYS_userfaultfd, 0) >= 0; }},
        {"memfd", [] { return ::memfd_create("x", 0) >= 0; }},
        {"keyctl", [] { return ::syscall(SYS_keyctl, 0, -3, 0, 0, 0) >= 0; }},
        {"dumpable-again", [] { return ::prctl(PR_SET_DUMPABLE, 1) == 0; }},
        {"raise-limit",
         [] {
             const rlimit limit{.rlim_cur = kScratch, .rlim_max = kScratch};
             return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
         }},
        {"chroot", [] { return ::chroot("/") == 0; }},
        {"become-nobody", [] { return ::setuid(65534) == 0; }},
        {"new-session", [] { return ::setsid() >= 0; }},
        {"leave-group", [] { return ::setpgid(0, 0) == 0; }},
    };
    return kAttempts;
}

}  // namespace notify
