#include "storage/sqlite/writer.hpp"

#include <utility>

#include "core/log.hpp"

namespace notify::sqlite {

namespace {

constexpr std::size_t kMaxGroup = 64;  // closures in one commit: bounds how long one waits for the others

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, const SecretBox& box, const Clock& clock)
    : connection_(std::move(connection)),
      tables_(*connection_, box, clock),
      thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

Writer::~Writer() {
    thread_.request_stop();
    thread_.join();
}

Result<void> Writer::Run(const Storage::WriteFunction& function) {
    if (std::this_thread::get_id() == thread_.get_id()) {
        return Fail(ErrorCode::kInternal, "a transaction was begun inside a transaction");
    }
    auto call = std::make_unique<Call>(Call{&function, {}, {}});
    auto done = call->done.get_future();
    {
        const std::scoped_lock lock(mutex_);
        queue_.push_back(std::move(call));
    }
    queued_.notify_one();
    return done.get();
}

/// While one group commits, the next ones queue up: under load the groups grow by themselves, without
/// waiting.
void Writer::Loop(const std::stop_token& stop) {
    while (true) {
        Group group;
        {
            std::unique_lock lock(mutex_);
            queued_.wait(lock, stop, [this] { return !queue_.empty(); });
            while (!queue_.empty() && group.size() < kMaxGroup) {
                group.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        if (group.empty()) {
            return;
        }
        RunGroup(group);
    }
}

void Writer::RunGroup(Group& group) {
    auto committed = connection_->Execute("BEGIN IMMEDIATE");
    if (committed) {
        for (auto& call : group) {
            call->outcome = RunInSavepoint(*call->function);
            closures_.fetch_add(1, std::memory_order_relaxed);
        }
        committed = connection_->Execute("COMMIT");
        if (!committed) {
            static_cast<void>(connection_->Execute("ROLLBACK"));
        }
    }
    if (committed) {
        commits_.fetch_add(1, std::memory_order_relaxed);
    } else {
        Log(LogLevel::kError,
            "commit failed",
            {{"error", committed.error().message}, {"closures", group.size()}});
    }
    for (auto& call : group) {
        const bool own_error = !call->outcome.has_value();
        call->done.set_value(committed || own_error ? std::move(call->outcome) : committed);
    }
}

Result<void> Writer::RunInSavepoint(const Storage::WriteFunction& function) {
    if (auto begun = connection_->Execute("SAVEPOINT closure"); !begun) {
        return begun;
    }
    auto transaction = tables_.AsTransaction();
    auto outcome = function(transaction);
    if (!outcome) {
        static_cast<void>(connection_->Execute("ROLLBACK TO closure"));
    }
    auto released = connection_->Execute("RELEASE closure");
    return outcome && !released ? released : outcome;
}

}  // namespace notify::sqlite
