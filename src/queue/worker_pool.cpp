#include "queue/worker_pool.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/failpoint.hpp"
#include "core/fault_log.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/process.hpp"
#include "queue/claim.hpp"
#include "queue/claim_waits.hpp"
#include "queue/giving_way.hpp"
#include "queue/turn_ledger.hpp"
#include "queue/worker.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kPoll{1000};         // how long a missed nudge or a due retry may wait
constexpr std::chrono::milliseconds kLongestWait{1000};  // of what was claimed ahead
constexpr std::chrono::seconds kCharge{10};              // how often buckets are charged while nobody is free
constexpr std::chrono::seconds kPatience{10};  // of what may be short, before something long gives way to it
constexpr std::chrono::seconds kLook{2};       // how often it is asked whether something has so waited

}  // namespace

WorkerPool::WorkerPool(
    Storage& storage,
    const Clock& clock,
    Worker& worker,
    WorkerPoolSettings settings,
    std::function<void()> claimed
)
    : storage_(storage),
      clock_(clock),
      worker_(worker),
      settings_(std::move(settings)),
      claimed_(std::move(claimed)) {}

WorkerPool::~WorkerPool() {
    Stop(std::chrono::milliseconds(0));
}

void WorkerPool::Start() {
    if (claimer_.joinable()) {
        return;
    }
    {
        const std::scoped_lock lock(mutex_);
        running_.emplace();
    }
    for (int i = 0; i < settings_.workers; ++i) {
        workers_.emplace_back([this](const std::stop_token& stop) { WorkLoop(stop); });
    }
    claimer_ = std::jthread([this](const std::stop_token& stop) { ClaimLoop(stop); });
}

void WorkerPool::Stop(std::chrono::milliseconds grace) {
    if (!claimer_.joinable()) {
        return;
    }
    claimer_.request_stop();
    claimer_.join();
    LeaveWhatIsLong();
    {
        std::unique_lock lock(mutex_);
        claimer_wakes_.wait_for(lock, grace, [this] { return busy_ == 0 && waiting_.empty(); });
        running_->request_stop();
    }
    for (auto& worker : workers_) {
        worker.request_stop();
    }
    workers_.clear();
}

/// It would outlast any grace: it is left where it can go on from.
void WorkerPool::LeaveWhatIsLong() {
    std::vector<GivingWay::Claim> jobs;
    {
        const std::scoped_lock lock(mutex_);
        jobs = giving_way_.LongOnes();
    }
    for (const auto& job : jobs) {
        worker_.Leave(job.first);
    }
}

int WorkerPool::Busy() {
    const std::scoped_lock lock(mutex_);
    return busy_;
}

ClaimWaits WorkerPool::Waits() {
    const std::scoped_lock lock(mutex_);
    return waits_;
}

void WorkerPool::StopRunning() {
    const std::scoped_lock lock(mutex_);
    if (running_) {
        running_->request_stop();
        running_.emplace();
    }
}

void WorkerPool::Nudge() {
    {
        const std::scoped_lock lock(mutex_);
        nudged_ = true;
    }
    claimer_wakes_.notify_all();
}

/// How many items to claim now. Ahead only in batches: a claim of one item costs as much as one of many.
int WorkerPool::Wanted() {
    const std::scoped_lock lock(mutex_);
    const int ahead = pace_.Ahead(std::chrono::steady_clock::now());
    const int waiting = static_cast<int>(waiting_.size());
    return waiting > ahead / 2 ? 0 : settings_.workers + ahead - busy_ - waiting;
}

/// What was claimed ahead and then had to wait, because the workers met something long, is for others.
void WorkerPool::GiveBackWhatWaits() {
    std::vector<ClaimedItem> late;
    {
        const std::scoped_lock lock(mutex_);
        const auto since = std::chrono::steady_clock::now() - kLongestWait;
        while (!waiting_.empty() && waiting_.back().since < since) {
            late.push_back(std::move(waiting_.back().claim));
            waiting_.pop_back();
        }
    }
    const std::stop_source stopped;
    static_cast<void>(stopped.request_stop());
    for (auto& claim : late) {
        const auto name = NameOf(claim);
        worker_.Run(std::move(claim), stopped.get_token());
        ledger_.Ended(name, std::chrono::steady_clock::now());
    }
}

/// What is due is charged first, in the same transaction: turns are taken from where the buckets are now.
Result<std::vector<ClaimedItem>> WorkerPool::Claim(int max, Among among) {
    const auto due = ledger_.Take(std::chrono::steady_clock::now());
    auto claimed = storage_.Write([&](Transaction& transaction) {
        const auto now = clock_.Now();
        const auto charged =
            due.empty() ? Result<void>{} : transaction.processes.Charge(settings_.claimant.node, due, now);
        return charged.and_then([&] { return ClaimItems(transaction, settings_.claimant, max, now, among); });
    });
    if (!claimed) {
        ledger_.PutBack(due);
    }
    return claimed;
}

/// While all workers are busy nothing is claimed; others still have to know how long they are.
Result<void> WorkerPool::Charge() {
    const auto due = ledger_.Take(std::chrono::steady_clock::now());
    auto charged = due.empty() ? Result<void>{} : storage_.Write([&](Transaction& transaction) {
        return transaction.processes.Charge(settings_.claimant.node, due, clock_.Now());
    });
    if (!charged) {
        ledger_.PutBack(due);
    }
    return charged;
}

/// While all are busy with what was begun: who could give way to something short.
std::optional<GivingWay::Claim> WorkerPool::WhoMayGiveWay() {
    const std::scoped_lock lock(mutex_);
    const bool all_work = busy_ >= settings_.workers && waiting_.empty();
    return all_work ? giving_way_.Next(std::chrono::steady_clock::now()) : std::nullopt;
}

/// Something that may be short, for longer than it should.
Result<bool> WorkerPool::ShortWaits() {
    return storage_.Read([&](const Snapshot& snapshot) {
        const auto now = clock_.Now();
        return snapshot.processes.ShortWaits(settings_.claimant.node, now - kPatience, now);
    });
}

Result<void> WorkerPool::AskToGiveWay() {
    const auto who = WhoMayGiveWay();
    if (!who) {
        return {};
    }
    const auto waits = ShortWaits();
    if (!waits || !*waits) {
        return waits.map([](bool) {});
    }
    {
        const std::scoped_lock lock(mutex_);
        giving_way_.Asked(*who, std::chrono::steady_clock::now());
    }
    if (worker_.Leave(who->first)) {
        Log(LogLevel::kInfo, "long work is to give way", {{"process", who->first.Value()}});
    }
    return {};
}

/// Claims what there are workers for: in the places of those that gave way what may be short, if anything is.
Result<bool> WorkerPool::ClaimSome(int wanted) {
    int places = 0;
    int kept = 0;
    {
        const std::scoped_lock lock(mutex_);
        places = std::exchange(places_given_, 0);
        kept = std::exchange(places_kept_, 0);
    }
    auto waits = kept > 0 ? ShortWaits() : Result<bool>(false);
    if (!waits) {
        return waits;
    }
    places = std::min(places + (*waits ? kept : 0), wanted);
    bool any = false;
    for (const auto among : {Among::kShort, Among::kAll}) {
        const int most = among == Among::kShort ? places : wanted;
        auto claims = most > 0 ? Claim(most, among) : Result<std::vector<ClaimedItem>>();
        if (!claims) {
            return Unexpected(claims.error());
        }
        wanted -= static_cast<int>(claims->size());
        any = any || !claims->empty();
        TakeIn(*claims, among);
    }
    return any;
}

void WorkerPool::TakeIn(std::vector<ClaimedItem>& claims, Among among) {
    const std::scoped_lock lock(mutex_);
    for (auto& claim : claims) {
        worker_.Hold(claim);
        ledger_.Claimed(claim);
        for (const auto& process : claim.processes) {
            waits_.Add(process.started_at.value_or(process.next_attempt_at) - process.next_attempt_at);
        }
        waiting_.push_back(
            {.claim = std::move(claim),
             .stop = running_->get_token(),
             .since = std::chrono::steady_clock::now(),
             .in_place = among == Among::kShort}
        );
    }
    workers_wake_.notify_all();
}

void WorkerPool::ClaimLoop(const std::stop_token& stop) {
    FaultLog faults(LogLevel::kWarn, "nothing could be claimed", "work is claimed again");
    auto charged_at = std::chrono::steady_clock::now();
    auto looked_at = charged_at;
    while (!stop.stop_requested()) {
        GiveBackWhatWaits();
        const int wanted = Wanted();
        const auto any = ClaimSome(wanted);
        faults.Note(any.map([](bool) {}));
        const auto now = std::chrono::steady_clock::now();
        if (wanted > 0) {
            charged_at = now;
        } else if (now - charged_at >= kCharge) {
            charged_at = now;
            faults.Note(Charge());
        }
        if (wanted <= 0 && now - looked_at >= kLook) {
            looked_at = now;
            faults.Note(AskToGiveWay());
        }
        if (any && *any) {
            FailPoint("claimed");
            claimed_();
            continue;
        }
        std::unique_lock lock(mutex_);
        claimer_wakes_.wait_for(lock, stop, kPoll, [this] { return nudged_; });
        nudged_ = false;
    }
}

void WorkerPool::WorkLoop(const std::stop_token& stop) {
    while (true) {
        std::unique_lock lock(mutex_);
        workers_wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
        if (waiting_.empty()) {
            return;
        }
        auto waiting = std::move(waiting_.front());
        waiting_.pop_front();
        ++busy_;
        const auto name = NameOf(waiting.claim);
        const GivingWay::Claim job{name.process_id, name.fence};
        giving_way_.Begun(job, waiting.in_place, std::chrono::steady_clock::now());
        lock.unlock();
        RunOne(std::move(waiting));
        lock.lock();
        --busy_;
        const auto place = giving_way_.Ended(job, std::chrono::steady_clock::now());
        places_given_ += place == GivingWay::Place::kOfWhatIsShort ? 1 : 0;
        places_kept_ += place == GivingWay::Place::kOfWhatIsShortAndWaited ? 1 : 0;
        pace_.Ended(std::chrono::steady_clock::now());
        nudged_ = true;
        lock.unlock();
        claimer_wakes_.notify_all();
    }
}

void WorkerPool::RunOne(Waiting waiting) {
    const auto name = NameOf(waiting.claim);
    const GivingWay::Claim job{name.process_id, name.fence};
    ledger_.Begun(name, std::chrono::steady_clock::now());
    worker_.Run(std::move(waiting.claim), waiting.stop, [&](std::int64_t media_ms) {
        std::unique_lock lock(mutex_);
        const bool gives_way = giving_way_.Plays(job, media_ms, std::chrono::steady_clock::now());
        lock.unlock();
        if (gives_way) {
            worker_.Leave(job.first);
        }
    });
    ledger_.Ended(name, std::chrono::steady_clock::now());
}

}  // namespace notify
