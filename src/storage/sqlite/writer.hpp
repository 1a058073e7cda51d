#pragma once

// The one thread that writes: closures queue up, each runs in a SAVEPOINT, one COMMIT for a group.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "core/error.hpp"
#include "core/fault_log.hpp"
#include "core/result.hpp"
#include "storage/sql/closure.hpp"
#include "storage/sql/group_queue.hpp"
#include "storage/sql/tables.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/storage.hpp"

namespace notify::sqlite {

/// Thread-safe. Runs what was queued before it is destroyed.
class Writer final {
public:
    Writer(
        std::unique_ptr<Connection> connection,
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

    [[nodiscard]] std::uint64_t Commits() const noexcept { return commits_; }

    [[nodiscard]] std::uint64_t Closures() const noexcept { return ran_; }

private:
    /// Most closures go well, and a savepoint keeps each page that one touches: a group shares its
    /// transaction as it is. When one refuses, nothing of the group is written and all run again, each in a
    /// savepoint.
    enum class Savepoints : std::uint8_t { kNone, kEach };

    void Loop(const std::stop_token& stop);
    void TryAgain();
    void NoteCommit(const Result<void>& committed);
    void RunGroup(sql::Group& group);
    /// Whether it was committed: without savepoints it is not when one refused.
    Result<bool> TryGroup(sql::Group& group, Savepoints savepoints);
    Result<void> RunOne(const Storage::WriteFunction& function);
    Result<void> RunInSavepoint(const Storage::WriteFunction& function);

    sql::OpenClosures& closures_;
    std::unique_ptr<Connection> connection_;
    sql::Tables tables_;
    sql::GroupQueue queue_;
    FaultLog log_{LogLevel::kError, "nothing can be written", "what is written gets to the disk again"};
    mutable std::mutex fault_mutex_;
    std::optional<Error> fault_;  ///< Of the last commit that had something to write.
    std::atomic<std::uint64_t> commits_ = 0;
    std::atomic<std::uint64_t> ran_ = 0;
    std::jthread thread_;
};

}  // namespace notify::sqlite
