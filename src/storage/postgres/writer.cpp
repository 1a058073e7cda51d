#include "storage/postgres/writer.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/sleep.hpp"
#include "domain/node.hpp"
#include "storage/database_away.hpp"
#include "storage/postgres/faults.hpp"
#include "storage/postgres/node.hpp"
#include "storage/postgres/server.hpp"
#include "storage/postgres/session.hpp"
#include "storage/sql/closure.hpp"
#include "storage/sql/group_queue.hpp"
#include "storage/storage.hpp"

namespace notify::postgres {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTryAgain{1000};
constexpr milliseconds kBeatEvery{1000};
constexpr milliseconds kPatience{5000};
constexpr milliseconds kFirstDelay{50};

}  // namespace

Writer::Writer(
    PostgresServer server,
    PostgresNode node,
    sql::OpenClosures& closures,
    const SecretBox& box,
    const Clock& clock
)
    : server_(std::move(server)),
      node_(std::move(node)),
      closures_(closures),
      box_(box),
      clock_(clock),
      thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

Writer::~Writer() {
    thread_.request_stop();
    thread_.join();
    Leave();
}

/// So that the others need not wait.
void Writer::Leave() {
    if (session_ && session_->GetConnection().IsGood() && Begin()) {
        static_cast<void>(session_->GetTables().nodes.Leave(node_.node.id).and_then([&] {
            return session_->GetConnection().Execute("COMMIT");
        }));
    }
}

void Writer::JoinAgain() {
    auto given_up = Membership::kIsGivenUp;
    membership_.compare_exchange_strong(given_up, Membership::kJoins);
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
        auto group = queue_.Next(stop, CanWrite() ? kBeatEvery : kTryAgain);
        if (!group.empty()) {
            RunGroup(group, stop);
        } else if (stop.stop_requested()) {
            return;
        } else {
            TryAgain();
        }
    }
}

/// Nobody may be writing when the database is back; so that this is noticed, it is asked. Says that the node
/// lives, too.
void Writer::TryAgain() {
    Note(Connect().and_then([&] { return Begin(); }).and_then([&] { return Commit(); }));
    LeaveTransaction();
    lost_.clear();  // nobody waits for it
}

void Writer::Note(const Result<void>& outcome) {
    log_.Note(outcome);
    const std::scoped_lock lock(fault_mutex_);
    fault_ = outcome ? std::nullopt : std::optional(outcome.error());
}

Result<void> Writer::Connect() {
    if (session_ && session_->GetConnection().IsGood()) {
        return {};
    }
    session_.reset();
    return Session::Open(server_, box_, clock_)
        .map([&](std::unique_ptr<Session> session) {
            session_ = std::move(session);
            is_new_ = true;
        })
        .map_error(AsAway);
}

void Writer::RunGroup(sql::Group& group, const std::stop_token& stop) {
    int tries = 0;
    auto committed = CommitGroup(group);
    // from here: that a connection is silent is noticed after longer than that
    const auto until = std::chrono::steady_clock::now() + (CanWrite() ? kPatience : milliseconds(0));
    while (!committed && MayGoWell(committed.error()) && std::chrono::steady_clock::now() < until) {
        if (!SleepFor(BackoffDelay(++tries, kFirstDelay, kTryAgain), stop)) {
            break;
        }
        committed = CommitGroup(group);
    }
    lost_.clear();
    Note(committed);
    ran_.fetch_add(group.size(), std::memory_order_relaxed);
    commits_.fetch_add(committed ? 1 : 0, std::memory_order_relaxed);
    for (auto& call : group) {
        // without the commit also a refusal is void: it may rest on what another closure of the group wrote
        call->done.set_value(committed ? std::move(call->outcome) : committed);
    }
}

/// Runs the closures in one transaction, unless a try before was committed after all.
Result<void> Writer::CommitGroup(sql::Group& group) {
    if (auto connected = Connect(); !connected) {
        return connected;
    }
    auto committed = TryGroup(group, Savepoints::kNone);
    if (committed && !*committed) {
        // also a single one: that the node lives is said with a commit
        committed = TryGroup(group, Savepoints::kEach);
    }
    return committed.map([](bool) {});
}

Result<bool> Writer::TryGroup(sql::Group& group, Savepoints savepoints) {
    auto committed = Begin();
    if (committed && was_committed_) {
        LeaveTransaction();
        return true;
    }
    bool refused = false;
    const auto& connection = session_->GetConnection();
    for (std::size_t i = 0; committed && !refused && i < group.size(); ++i) {
        auto& call = *group[i];
        call.outcome =
            savepoints == Savepoints::kEach ? RunInSavepoint(*call.function) : RunOne(*call.function);
        refused = savepoints == Savepoints::kNone && !call.outcome;
        if (!call.outcome && MayGoWell(call.outcome.error())) {
            committed = Unexpected(call.outcome.error());
        } else if (
            !connection.IsGood() || !connection.InTransaction() || (connection.HasFailed() && !refused)
        ) {
            committed = Unexpected(
                Error{
                    .code = ErrorCode::kUnavailable,
                    .stage = "storage",
                    .reason = std::string(kDatabaseAway),
                    .retry_after = {},
                    .message = "database: the transaction was lost"
                }
            );
        }
    }
    if (committed && !refused) {
        committed = Commit();
    }
    LeaveTransaction();
    return committed.map([&] { return !refused; });
}

void Writer::LeaveTransaction() {
    if (session_ && session_->GetConnection().IsGood() && session_->GetConnection().InTransaction()) {
        static_cast<void>(session_->GetConnection().Execute("ROLLBACK"));
    }
}

Result<void> Writer::Begin() {
    auto begun = session_->BeginWrite(node_.node.id);
    if (!begun) {
        return Unexpected(begun.error());
    }
    transaction_ = std::move(begun->transaction);
    beating_at_.reset();
    if (auto belongs = Belong(begun->before.has_value()); !belongs) {
        return belongs;
    }
    if (auto settled = Settle(begun->before); !settled) {
        return settled;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - beat_at_ < kBeatEvery && !is_new_) {
        return {};
    }
    const auto time = session_->ServerTime();
    auto beat = time ? session_->Beat(node_.node.id) : Unexpected(time.error());
    if (beat) {
        beating_at_ = now;
        if (node_.follow) {
            node_.follow(*time);
        }
    }
    return beat;
}

/// What became of the transaction whose answer was lost. It has ended: this one has the lock.
Result<void> Writer::Settle(const std::optional<std::string>& before) {
    was_committed_ = !lost_.empty() && before == lost_;
    if (was_committed_ && membership_ == Membership::kJoins) {
        membership_ = Membership::kBelongs;
    }
    if (lost_.empty() || node_.node.roles != Roles()) {
        return {};
    }
    return Fail(
        ErrorCode::kUnavailable,
        "database: the connection was lost while it committed; look whether it was done before you do it "
        "again"
    );
}

/// Nothing is written for a node that the others gave up, whoever asks for it.
Result<void> Writer::Belong(bool is_member) {
    if (node_.node.roles == Roles()) {
        return {};  // a command, which holds nothing
    }
    if (is_member && membership_ == Membership::kBelongs) {
        return {};
    }
    if (membership_ == Membership::kJoins) {
        return is_member ? Result<void>{} : Join();
    }
    membership_ = Membership::kIsGivenUp;
    return Unexpected(
        Error{
            .code = ErrorCode::kUnavailable,
            .stage = "storage",
            .reason = std::string(kGivenUp),
            .retry_after = {},
            .message =
                "this service was silent for so long that the others on its database gave it up; it begins "
                "anew in a moment"
        }
    );
}

Result<void> Writer::Join() {
    auto node = node_.node;
    return session_->ServerTime().and_then([&](Timestamp now) {
        node.heard_at = now;
        return session_->GetTables().nodes.Join(node).and_then([&] { return session_->Mark(node.id); });
    });
}

Result<void> Writer::Commit() {
    auto committed = session_->GetConnection().Execute("COMMIT");
    if (committed && beating_at_) {
        beat_at_ = *beating_at_;
        is_new_ = false;
    }
    if (committed && membership_ == Membership::kJoins) {
        membership_ = Membership::kBelongs;
    }
    lost_ = !committed && !session_->GetConnection().IsGood() ? transaction_ : std::string();
    return committed;
}

Result<void> Writer::RunOne(const Storage::WriteFunction& function) {
    auto transaction = session_->GetTables().AsTransaction();
    const auto outcome = closures_.Run([&] { return function(transaction); });
    return outcome && session_->GetConnection().HasFailed()
               ? Fail(ErrorCode::kInternal, "a transaction went on after a statement of it had failed")
               : outcome;
}

Result<void> Writer::RunInSavepoint(const Storage::WriteFunction& function) {
    auto& connection = session_->GetConnection();
    if (auto begun = connection.Execute("SAVEPOINT closure"); !begun) {
        return begun;
    }
    const auto outcome = RunOne(function);
    auto ended = outcome ? Result<void>{} : connection.Execute("ROLLBACK TO SAVEPOINT closure");
    ended = ended.and_then([&] { return connection.Execute("RELEASE SAVEPOINT closure"); });
    return outcome && !ended ? ended : outcome;
}

}  // namespace notify::postgres
