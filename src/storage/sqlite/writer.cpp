#include "storage/sqlite/writer.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/sql/closure.hpp"
#include "storage/sql/group_queue.hpp"
#include "storage/sqlite/connection.hpp"
#include "storage/sqlite/room.hpp"
#include "storage/storage.hpp"

namespace notify::sqlite {

namespace {

constexpr std::chrono::milliseconds kTryAgain{1000};
constexpr std::int64_t kEnoughBytes = 1'048'576;

/// Makes a page dirty although it stays what it is; an UPDATE to the same value writes nothing.
constexpr const char* kTrialSql = "PRAGMA user_version = 0";

}  // namespace

Writer::Writer(
    std::unique_ptr<Connection> connection,
    sql::OpenClosures& closures,
    const SecretBox& box,
    const Clock& clock
)
    : closures_(closures),
      connection_(std::move(connection)),
      tables_(*connection_, box, clock),
      thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

Writer::~Writer() {
    thread_.request_stop();
    thread_.join();
}

Result<void> Writer::Run(const Storage::WriteFunction& function) {
    if (auto may = closures_.MayBegin(); !may) {
        return may;
    }
    return queue_.Run(function);
}

Result<void> Writer::CanWrite() const {
    const std::scoped_lock lock(fault_mutex_);
    return fault_ ? Result<void>(Unexpected(*fault_)) : Result<void>{};
}

void Writer::Loop(const std::stop_token& stop) {
    while (true) {
        auto group = queue_.Next(stop, CanWrite() ? std::nullopt : std::optional(kTryAgain));
        if (!group.empty()) {
            RunGroup(group);
        } else if (stop.stop_requested()) {
            return;
        } else {
            TryAgain();
        }
    }
}

/// Nobody may be writing when there is room again; so that this is noticed, something is written.
void Writer::TryAgain() {
    auto committed =
        connection_->Execute("BEGIN IMMEDIATE").and_then([&] { return connection_->Execute(kTrialSql); });
    committed = committed.and_then([&] { return connection_->Execute("COMMIT"); });
    if (connection_->InTransaction()) {
        static_cast<void>(connection_->Execute("ROLLBACK"));
    }
    NoteCommit(committed);
}

/// What the write-ahead log had taken before can be written to again: on a full disk that a small commit went
/// well does not tell that the next one will.
void Writer::NoteCommit(const Result<void>& committed) {
    const auto before = CanWrite();
    const bool was_full = !before && before.error().code == ErrorCode::kStorageFull;
    if (committed && was_full && !HasRoom(connection_->Folder(), kEnoughBytes)) {
        return;
    }
    log_.Note(committed);
    const std::scoped_lock lock(fault_mutex_);
    fault_ = committed ? std::nullopt : std::optional(committed.error());
}

void Writer::RunGroup(sql::Group& group) {
    const auto changes = connection_->Changes();
    auto committed = TryGroup(group, Savepoints::kNone);
    if (committed && !*committed && group.size() > 1) {
        committed = TryGroup(group, Savepoints::kEach);
    }
    ran_.fetch_add(group.size(), std::memory_order_relaxed);
    commits_.fetch_add(committed && *committed ? 1 : 0, std::memory_order_relaxed);
    if (!committed || connection_->Changes() != changes) {
        // one that had nothing to write tells nothing of the disk
        NoteCommit(committed.map([](bool) {}));
    }
    for (auto& call : group) {
        // without the commit also a refusal is void: it may rest on what another closure of the group wrote
        call->done.set_value(committed ? std::move(call->outcome) : Unexpected(committed.error()));
    }
}

Result<bool> Writer::TryGroup(sql::Group& group, Savepoints savepoints) {
    auto committed = connection_->Execute("BEGIN IMMEDIATE");
    bool refused = false;
    for (std::size_t i = 0; committed && !refused && i < group.size(); ++i) {
        auto& call = *group[i];
        call.outcome =
            savepoints == Savepoints::kEach ? RunInSavepoint(*call.function) : RunOne(*call.function);
        if (!connection_->InTransaction()) {
            // no room to go on: SQLite has taken back the whole transaction, also what went well before
            committed = Unexpected(
                call.outcome ? Error{.code = ErrorCode::kUnavailable, .message = "the transaction was lost"}
                             : call.outcome.error()
            );
        }
        refused = savepoints == Savepoints::kNone && !call.outcome;
    }
    if (committed && !refused) {
        committed = connection_->Execute("COMMIT");
    }
    if (connection_->InTransaction()) {
        static_cast<void>(connection_->Execute("ROLLBACK"));
    }
    return committed.map([&] { return !refused; });
}

Result<void> Writer::RunOne(const Storage::WriteFunction& function) {
    auto transaction = tables_.AsTransaction();
    return closures_.Run([&] { return function(transaction); });
}

Result<void> Writer::RunInSavepoint(const Storage::WriteFunction& function) {
    if (auto begun = connection_->Execute("SAVEPOINT closure"); !begun) {
        return begun;
    }
    auto outcome = RunOne(function);
    if (!connection_->InTransaction()) {
        return outcome;
    }
    if (!outcome) {
        static_cast<void>(connection_->Execute("ROLLBACK TO closure"));
    }
    const auto released = connection_->Execute("RELEASE closure");
    return outcome && !released ? released : outcome;
}

}  // namespace notify::sqlite
