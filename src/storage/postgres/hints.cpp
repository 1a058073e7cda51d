#include "storage/postgres/hints.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/server.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTogether{50};
constexpr milliseconds kTryAgain{5000};
constexpr int kProbeMs = 30'000;

constexpr const char* kListenSql = "LISTEN notifications_work";
constexpr const char* kNotifySql = "NOTIFY notifications_work";

/// A pool's process is not that of who serves the statement.
Result<bool> IsItsOwn(postgres::Connection& connection) {
    return connection.Ask("SELECT pg_backend_pid()").map([&](const std::string& process) {
        return process == std::to_string(connection.Process());
    });
}

}  // namespace

WorkHints::WorkHints(PostgresServer server, std::function<void()> told)
    : server_(std::move(server)),
      told_(std::move(told)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

WorkHints::~WorkHints() {
    thread_.request_stop();
    Wake();
    thread_.join();
}

void WorkHints::Send() {
    if (!wanted_.exchange(true)) {
        Wake();
    }
}

void WorkHints::Wake() noexcept {
    const std::uint64_t one = 1;
    static_cast<void>(write(wake_.Get(), &one, sizeof one) < 0);  // full: it is awake anyway
}

void WorkHints::Loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        if (auto over = Listen(stop); !over) {
            Log(LogLevel::kDebug,
                "other nodes are not told of work, and find it when they look",
                {{"error", over.error().message}});
        }
        SleepFor(kTryAgain, stop);
    }
}

/// Until the connection is lost, or it is over.
Result<void> WorkHints::Listen(const std::stop_token& stop) {
    auto opened = postgres::Connection::Open(server_);
    if (!opened) {
        return Unexpected(opened.error());
    }
    auto& connection = **opened;
    const auto own = IsItsOwn(connection);
    if (!own || !*own) {
        return own ? Fail(ErrorCode::kUnsupported, "the database is behind a pool") : Unexpected(own.error());
    }
    auto listens = connection.Execute(kListenSql);
    if (listens) {
        told_();  // of what was not heard until now
    }
    while (listens && !stop.stop_requested()) {
        listens = Turn(connection, stop);
    }
    return listens;
}

Result<void> WorkHints::Turn(postgres::Connection& connection, const std::stop_token& stop) {
    std::array<pollfd, 2> ready{{
        {.fd = wake_.Get(), .events = POLLIN, .revents = 0},
        {.fd = connection.Socket(), .events = POLLIN, .revents = 0},
    }};
    const int count = poll(ready.data(), ready.size(), kProbeMs);
    std::uint64_t wakes = 0;
    static_cast<void>(read(wake_.Get(), &wakes, sizeof wakes) < 0);
    const bool sends = wanted_.exchange(false);
    Result<void> said;
    if (sends || count == 0) {
        said = connection.Execute(sends ? kNotifySql : "SELECT 1");
    }
    // after that: with the answer others' may have come, and poll() does not wake for what was read already
    if (connection.TakeNotified()) {
        told_();
    }
    if (sends) {
        SleepFor(kTogether, stop);
    }
    return said && !connection.IsGood() ? connection.Execute("SELECT 1") : said;
}

}  // namespace notify
