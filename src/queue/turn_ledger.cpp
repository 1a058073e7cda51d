#include "queue/turn_ledger.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "storage/process_repository.hpp"

namespace notify {

namespace {

std::chrono::microseconds Between(TurnLedger::Time from, TurnLedger::Time to) {
    return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

std::pair<ProcessId, std::int64_t> KeyOf(const Hold& claim) {
    return {claim.process_id, claim.fence};
}

}  // namespace

Hold NameOf(const ClaimedItem& claim) {
    const auto& first = claim.processes.front();
    return {.process_id = first.id, .fence = first.fence};
}

void TurnLedger::Claimed(const ClaimedItem& claim) {
    const std::scoped_lock lock(mutex_);
    running_.insert_or_assign(
        KeyOf(NameOf(claim)),
        Running{.bucket = claim.item.bucket_id, .charged = claim.charged, .begun = std::nullopt}
    );
}

void TurnLedger::Begun(const Hold& claim, Time now) {
    const std::scoped_lock lock(mutex_);
    if (const auto found = running_.find(KeyOf(claim)); found != running_.end()) {
        found->second.begun = now;
    }
}

void TurnLedger::Ended(const Hold& claim, Time now) {
    const std::scoped_lock lock(mutex_);
    const auto ended = running_.extract(KeyOf(claim));
    if (ended.empty()) {
        return;
    }
    const auto& [bucket, charged, begun] = ended.mapped();
    const auto took = begun ? Between(*begun, now) : std::chrono::microseconds(0);
    Note({.bucket_id = bucket, .beyond = took - charged, .items = begun ? 1 : 0, .took = took});
}

std::vector<WorkDone> TurnLedger::Take(Time now) {
    const std::scoped_lock lock(mutex_);
    for (auto& [claim, running] : running_) {
        const auto took = running.begun ? Between(*running.begun, now) : std::chrono::microseconds(0);
        if (took > running.charged) {
            Note({.bucket_id = running.bucket, .beyond = took - running.charged});
            running.charged = took;
        }
    }
    std::vector<WorkDone> done;
    for (auto& [bucket, due] : std::exchange(due_, {})) {
        done.push_back(std::move(due));
    }
    return done;
}

void TurnLedger::PutBack(const std::vector<WorkDone>& done) {
    const std::scoped_lock lock(mutex_);
    for (const auto& each : done) {
        Note(each);
    }
}

void TurnLedger::Note(const WorkDone& done) {
    auto& due = due_[done.bucket_id];
    due.bucket_id = done.bucket_id;
    due.beyond += done.beyond;
    due.items += done.items;
    due.took += done.took;
}

}  // namespace notify
