#include "processors/host/spawner.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <bits/types/sigset_t.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "domain/process.hpp"

namespace notify {

Unexpected ChildFault(std::string_view message) {
    return Unexpected(
        Error{
            .code = ErrorCode::kUnavailable,
            .stage = "child",
            .reason = std::string(kNoChild),
            .retry_after = {},
            .message = fmt::format("the processor cannot be started: {}", message),
        }
    );
}

namespace {

constexpr int kFirstSpareDescriptor = 10;  // above the numbers the child's descriptors get

Unexpected SpawnFailed(std::string_view what, int number) {
    return ChildFault(fmt::format("{}: {}", what, std::generic_category().message(number)));
}

struct Ends {
    UniqueFd ours;
    UniqueFd theirs;
};

/// `fds`: ours, theirs. Theirs is moved out of the way of the numbers 0 to 3.
Result<Ends> MakeEnds(const std::array<int, 2>& fds) {
    Ends ends{.ours = UniqueFd(fds[0]), .theirs = UniqueFd(fds[1])};
    ends.theirs = UniqueFd(::fcntl(ends.theirs.Get(), F_DUPFD_CLOEXEC, kFirstSpareDescriptor));
    const int flags = ::fcntl(ends.ours.Get(), F_GETFL);
    if (!ends.theirs.IsOpen() || flags < 0 || ::fcntl(ends.ours.Get(), F_SETFL, flags | O_NONBLOCK) != 0) {
        return SpawnFailed("descriptors", errno);
    }
    return ends;
}

/// From the child to us.
Result<Ends> MakePipe() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) {
        return SpawnFailed("pipe", errno);
    }
    return MakeEnds(fds);
}

Result<Ends> MakeSocket() {
    std::array<int, 2> fds{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
        return SpawnFailed("socket", errno);
    }
    return MakeEnds(fds);
}

/// posix_spawn's file actions and attributes, released with it.
class SpawnPlan {
public:
    SpawnPlan() {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
    }

    ~SpawnPlan() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }

    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    /// `descriptors` become 0, 1, 2, …; every other is closed.
    void Hand(const std::array<int, 4>& descriptors) {
        int number = 0;
        for (const int fd : descriptors) {
            posix_spawn_file_actions_adddup2(&actions_, fd, number++);
        }
        posix_spawn_file_actions_addclosefrom_np(&actions_, number);
    }

    /// Nothing of this process's signal handling, and a process group to be killed as one.
    void Isolate() {
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setpgroup(&attributes_, 0);
        posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        );
    }

    int Run(pid_t& pid, SpawnOrder& order) {
        auto arguments = Pointers(order.arguments);
        auto environment = Pointers(order.environment);
        return posix_spawn(
            &pid, arguments.front(), &actions_, &attributes_, arguments.data(), environment.data()
        );
    }

private:
    static std::vector<char*> Pointers(std::vector<std::string>& texts) {
        std::vector<char*> pointers;
        pointers.reserve(texts.size() + 1);
        for (auto& text : texts) {
            pointers.push_back(text.data());
        }
        pointers.push_back(nullptr);
        return pointers;
    }

    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

Result<SpawnedChild> SpawnNow(SpawnOrder& order) {
    auto in = MakeSocket();  // a socket, because a write to one can be kept from raising SIGPIPE
    auto out = MakePipe();
    auto log = MakePipe();
    auto data = MakeSocket();
    for (const auto* ends : {&in, &out, &log, &data}) {
        if (!*ends) {
            return Unexpected(ends->error());
        }
    }
    SpawnPlan plan;
    plan.Hand({in->theirs.Get(), out->theirs.Get(), log->theirs.Get(), data->theirs.Get()});
    plan.Isolate();
    SpawnedChild child;
    if (const int failed = plan.Run(child.pid, order); failed != 0) {
        return SpawnFailed(order.arguments.front(), failed);
    }
    ::shutdown(in->ours.Get(), SHUT_RD);
    child.control_in = std::move(in->ours);
    child.control_out = std::move(out->ours);
    child.log = std::move(log->ours);
    child.data = std::move(data->ours);
    return child;
}

}  // namespace

Spawner::Spawner() : thread_([this](const std::stop_token& stop) { Work(stop); }) {}

Result<SpawnedChild> Spawner::Spawn(SpawnOrder order) {
    Task task([&order] { return SpawnNow(order); });
    auto spawned = task.get_future();
    {
        const std::scoped_lock lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    arrived_.notify_one();
    return spawned.get();
}

void Spawner::Work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (arrived_.wait(lock, stop, [this] { return !tasks_.empty(); })) {
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
}

}  // namespace notify
