// Engine: how its parts are started and stopped.

#include <chrono>
#include <cstddef>

#include "app/engine.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/node.hpp"
#include "queue/reaper.hpp"
#include "storage/node_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Whoever is there was killed: this one has the database's lock.
Result<void> JoinAlone(Transaction& transaction, const Node& node) {
    const auto there = transaction.nodes.List();
    auto left = there.map([](const auto&) {});
    for (std::size_t i = 0; left && i < there->size(); ++i) {
        left = transaction.nodes.Leave((*there)[i].id);
    }
    return left.and_then([&] { return transaction.nodes.Join(node); });
}

}  // namespace

Result<void> Engine::Start() {
    auto reset = ResetAfterStart(*storage, clock.Now());
    if (reset && storage->IsSingleNode()) {
        const auto joined =
            storage->Write([&](Transaction& transaction) { return JoinAlone(transaction, node); });
        reset = joined ? reset : Unexpected(joined.error());
    }
    if (!reset) {
        return Unexpected(reset.error());
    }
    if (*reset > 0) {
        Log(LogLevel::kInfo,
            "an earlier run left processes as Processing; they are Pending again",
            {{"count", *reset}});
    }
    const auto erased = erasing->CatchUp();
    if (!erased) {
        return Unexpected(erased.error());
    }
    if (*erased > 0) {
        Log(LogLevel::kWarn,
            "people who had been erased were in the database again, as after an old backup was put back; "
            "they "
            "are erased again",
            {{"count", *erased}});
    }
    running_ = true;
    completion->Start();
    reaper->Start();
    if (settings.roles.Has(Role::kWorker)) {
        workers->Start();
    }
    duties->Start();
    return {};
}

/// What one node alone does, of those that may.
void Engine::BeginScheduling() const {
    orphans->Start();
    resolver->Start();
    retention->Start();
    secret_expiry->Start();
    eraser->Start();
    webhook_watch->Start();
    live_progress->Start();
    backlog->Start();
    relabeller->Start();
    scheduler->Start();
    inbox->Start();
    message_poller->Start();
}

void Engine::EndScheduling() const {
    message_poller->Stop();
    inbox->Stop();
    scheduler->Stop();
    backlog->Stop();
    relabeller->Stop();
    resolver->Stop();
    retention->Stop();
    secret_expiry->Stop();
    eraser->Stop();
    webhook_watch->Stop();
    live_progress->Stop();
    orphans->Stop();
}

void Engine::Stop(std::chrono::milliseconds grace) {
    if (!running_.exchange(false)) {
        return;
    }
    duties->Stop();
    duties->End(Role::kScheduler);
    scheduler->Stop();  // also what was asked for by hand
    workers->Stop(grace);
    completion->Stop();
    reaper->Stop();
    duties->End(Role::kDelivery);
    if (storage->IsSingleNode()) {
        static_cast<void>(storage->Write([&](Transaction& transaction) {
            return transaction.nodes.Leave(node.id);
        }));
    }
}

}  // namespace notify
