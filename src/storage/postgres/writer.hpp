#pragma once

// The one thread of this node that writes: closures queue up, each runs in a SAVEPOINT, one COMMIT for a
// group.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/fault_log.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/postgres/node.hpp"
#include "storage/postgres/server.hpp"
#include "storage/postgres/session.hpp"
#include "storage/sql/closure.hpp"
#include "storage/sql/group_queue.hpp"
#include "storage/storage.hpp"

namespace notify::postgres {

/// Says every second that its node lives; once the others gave that up, nothing is written any more
/// (kUnavailable) until it joins again. Thread-safe. Runs what was queued before it is destroyed. A group
/// whose connection is lost is run again on a new one, for 5 s since that was noticed; one whose COMMIT was
/// lost only when the node's row does not say that it was committed. A command has no row: it is told that it
/// is not known (kUnavailable).
class Writer final {
public:
    Writer(
        PostgresServer server,
        PostgresNode node,
        sql::OpenClosures& closures,
        const SecretBox& box,
        const Clock& clock
    );
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Queues the closure and waits until its group was committed or it failed. kInternal when called from a
    /// closure.
    [[nodiscard]] Result<void> Run(const Storage::WriteFunction& function);

    /// See Storage::CanWrite.
    [[nodiscard]] Result<void> CanWrite() const;

    /// See Storage::IsGivenUp and JoinAgain.
    [[nodiscard]] bool IsGivenUp() const noexcept { return membership_ == Membership::kIsGivenUp; }

    void JoinAgain();

    [[nodiscard]] std::uint64_t Commits() const noexcept { return commits_; }

    [[nodiscard]] std::uint64_t Closures() const noexcept { return ran_; }

private:
    /// Most closures go well: a group shares its transaction as it is. When one refuses, nothing of the group
    /// is written and all run again, each in a savepoint.
    enum class Savepoints : std::uint8_t { kNone, kEach };
    enum class Membership : std::uint8_t { kBelongs, kIsGivenUp, kJoins };

    void Loop(const std::stop_token& stop);
    void RunGroup(sql::Group& group, const std::stop_token& stop);
    [[nodiscard]] Result<void> CommitGroup(sql::Group& group);
    /// Whether it was committed: without savepoints it is not when one refused.
    [[nodiscard]] Result<bool> TryGroup(sql::Group& group, Savepoints savepoints);
    [[nodiscard]] Result<void> RunOne(const Storage::WriteFunction& function);
    [[nodiscard]] Result<void> RunInSavepoint(const Storage::WriteFunction& function);
    [[nodiscard]] Result<void> Begin();
    [[nodiscard]] Result<void> Commit();
    [[nodiscard]] Result<void> Belong(bool is_member);
    [[nodiscard]] Result<void> Settle(const std::optional<std::string>& before);
    [[nodiscard]] Result<void> Join();
    void Leave();
    [[nodiscard]] Result<void> Connect();
    void LeaveTransaction();
    void TryAgain();
    void Note(const Result<void>& outcome);

    const PostgresServer server_;
    const PostgresNode node_;
    sql::OpenClosures& closures_;
    const SecretBox& box_;
    const Clock& clock_;
    std::unique_ptr<Session> session_;
    std::atomic<Membership> membership_ = Membership::kBelongs;
    std::chrono::steady_clock::time_point beat_at_;  ///< When it was last said that the node lives.
    std::optional<std::chrono::steady_clock::time_point> beating_at_;  ///< As that, once it is committed.
    bool is_new_ = true;          ///< The connection is none yet of which the others know.
    std::string transaction_;     ///< Id of the last one that was begun.
    std::string lost_;            ///< Id of the group's, when it is not known whether that was committed.
    bool was_committed_ = false;  ///< It was.
    sql::GroupQueue queue_;
    FaultLog log_{LogLevel::kError, "nothing can be written", "the database takes what is written again"};
    mutable std::mutex fault_mutex_;
    std::optional<Error> fault_;
    std::atomic<std::uint64_t> commits_ = 0;
    std::atomic<std::uint64_t> ran_ = 0;
    std::jthread thread_;
};

}  // namespace notify::postgres
