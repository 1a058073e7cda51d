#include "app/commands/secret_input.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bits/types/sigset_t.h>
#include <fmt/core.h>
#include <poll.h>
#include <signal.h>
#include <sys/poll.h>
#include <termios.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostBytes = 64U << 10U;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): all that a signal handler may touch
volatile std::sig_atomic_t caught = 0;

/// Signals that end or stop the process are kept until the terminal is as it was. They interrupt Wait alone.
class HeldSignals final {
public:
    HeldSignals() {
        caught = 0;
        sigset_t held;
        ::sigemptyset(&held);
        for (const int number : kNumbers) {
            ::sigaddset(&held, number);
        }
        ::pthread_sigmask(SIG_BLOCK, &held, &mask_);
        struct sigaction note{};
        note.sa_handler = [](int number) { caught = number; };
        for (std::size_t i = 0; i < kNumbers.size(); ++i) {
            ::sigaction(kNumbers.at(i), &note, &before_.at(i));
        }
    }

    ~HeldSignals() {
        for (std::size_t i = 0; i < kNumbers.size(); ++i) {
            ::sigaction(kNumbers.at(i), &before_.at(i), nullptr);
        }
        ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    }

    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;

    /// False when a signal came before there was something to read.
    [[nodiscard]] bool Wait(int terminal) const {
        pollfd ready{.fd = terminal, .events = POLLIN, .revents = 0};
        while (caught == 0) {
            if (::ppoll(&ready, 1, nullptr, &mask_) >= 0 || errno != EINTR) {
                return true;
            }
        }
        return false;
    }

private:
    static constexpr std::array<int, 5> kNumbers{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

    sigset_t mask_{};
    std::array<struct sigaction, kNumbers.size()> before_{};
};

/// The terminal shows nothing of what is typed while this lives.
class NoEcho final {
public:
    explicit NoEcho(int terminal) : terminal_(terminal) {
        ::tcgetattr(terminal_, &before_);
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(terminal_, TCSAFLUSH, &silent);
    }

    ~NoEcho() { ::tcsetattr(terminal_, TCSANOW, &before_); }

    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

private:
    int terminal_;
    termios before_{};
};

/// What is typed until the line, or the input, ends; nothing when a signal came.
std::optional<std::string> LineOf(int terminal, const HeldSignals& signals) {
    std::string line;
    std::array<char, 4096> part{};  // a terminal gives no longer line
    while (line.size() < kMostBytes && !line.ends_with('\n')) {
        if (!signals.Wait(terminal)) {
            return std::nullopt;
        }
        const auto got = ::read(terminal, part.data(), part.size());
        if (got <= 0) {
            return line;
        }
        line.append(part.data(), static_cast<std::size_t>(got));
    }
    return line;
}

std::string TypedLine(int terminal, std::string_view what) {
    while (true) {
        std::optional<std::string> line;
        {
            const HeldSignals signals;
            const NoEcho silence(terminal);
            fmt::print(stderr, "{}: ", what);
            line = LineOf(terminal, signals);
        }
        fmt::print(stderr, "\n");
        if (line) {
            return *std::move(line);
        }
        static_cast<void>(std::raise(caught));  // who was only stopped is asked again
    }
}

}  // namespace

Result<std::string> ReadSecret(const std::string& file, std::string_view what) {
    std::string text;
    if (file == "-" && ::isatty(STDIN_FILENO) != 0) {
        text = TypedLine(STDIN_FILENO, what);
    } else if (file == "-") {
        std::getline(std::cin, text);
    } else if (auto read = ReadFile(file, kMostBytes); read) {
        text = read->substr(0, read->find('\n'));
    } else {
        return Unexpected(read.error());
    }
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
        text.pop_back();
    }
    return text.empty() ? Fail(ErrorCode::kInvalidArgument, fmt::format("{}: holds no secret", file))
                        : Result<std::string>(std::move(text));
}

}  // namespace notify
