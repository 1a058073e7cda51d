#include "app/stop_signal.hpp"

#include <condition_variable>
#include <csignal>
#include <mutex>
#include <stop_token>

#include <bits/types/sigset_t.h>
#include <poll.h>
#include <signal.h>
#include <sys/poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace notify {

namespace {

sigset_t StopSignals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        ::sigaddset(&set, number);
    }
    return set;
}

}  // namespace

StopSignal::StopSignal() {
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    const auto set = StopSignals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signals_ = UniqueFd(::signalfd(-1, &set, SFD_CLOEXEC));
    thread_ = std::jthread([this](const std::stop_token& end) {
        int stops = 0;
        while (!end.stop_requested()) {
            pollfd ready{.fd = signals_.Get(), .events = POLLIN, .revents = 0};
            signalfd_siginfo info{};
            if (::poll(&ready, 1, 100) != 1 || ::read(signals_.Get(), &info, sizeof(info)) != sizeof(info) ||
                info.ssi_signo == SIGHUP) {
                continue;
            }
            source_.request_stop();
            if (++stops == 2) {
                ::_exit(128 + static_cast<int>(info.ssi_signo));
            }
        }
    });
}

StopSignal::~StopSignal() {
    thread_.request_stop();
    thread_.join();
    const auto set = StopSignals();
    ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void StopSignal::Wait() const {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait(lock, source_.get_token(), [] { return false; });
}

}  // namespace notify
