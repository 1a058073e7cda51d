#pragma once

// Tells the other nodes that there is something to do, so that they need not wait until they look.

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "core/file.hpp"
#include "core/result.hpp"
#include "storage/postgres/server.hpp"

namespace notify {

namespace postgres {
class Connection;
}

/// PostgreSQL's LISTEN and NOTIFY, on a connection of its own beside all transactions. Hints: one may be
/// lost, and who misses it finds the work when it looks by itself. Behind a pool (pgbouncer), which has no
/// connection to listen on, there are none. A connection that says nothing is tried every 30 s. Thread-safe.
class WorkHints final {
public:
    /// `told` is called, on a thread of this object, when another node sent one.
    WorkHints(PostgresServer server, std::function<void()> told);
    ~WorkHints();
    WorkHints(const WorkHints&) = delete;
    WorkHints& operator=(const WorkHints&) = delete;

    /// Never blocks. Those of 50 ms are sent as one.
    void Send();

private:
    void Loop(const std::stop_token& stop);
    [[nodiscard]] Result<void> Listen(const std::stop_token& stop);
    [[nodiscard]] Result<void> Turn(postgres::Connection& connection, const std::stop_token& stop);
    void Wake() noexcept;

    const PostgresServer server_;
    const std::function<void()> told_;
    UniqueFd wake_;  ///< An eventfd: something is to be sent, or it is over.
    std::atomic<bool> wanted_ = false;
    std::jthread thread_;
};

}  // namespace notify
