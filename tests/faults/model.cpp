#include "faults/model.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace notify::testing {

namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr int kMostAttempts = 5;
constexpr int kMostCrashes = 3;

std::string LowerCase(Status status) {
    std::string word(ToString(status));
    std::ranges::transform(word, word.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    return word;
}

}  // namespace

Model::Model(int items, const std::vector<std::string>& processors, Timestamp now)
    : items_(static_cast<std::size_t>(items), Status::kPending) {
    for (int item = 0; item < items; ++item) {
        for (const auto& processor : processors) {
            runs_.push_back({.item = item, .processor = processor, .ready_from = now, .ready_to = now});
        }
    }
}

std::vector<ExpectedHold> Model::Claim(int owner, Timestamp now) {
    const auto is_ready = [&](const ExpectedRun& run) {
        return run.status == Status::kPending && run.ready_to <= now;
    };
    // runs stand in the order of their age
    const auto first = std::ranges::find_if(runs_, is_ready);
    std::vector<ExpectedHold> held;
    if (first == runs_.end()) {
        return held;
    }
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        auto& run = runs_[i];
        const bool taken = first->alone ? &run == &*first : run.item == first->item && !run.alone;
        if (!taken || !is_ready(run)) {
            continue;
        }
        run.status = Status::kProcessing;
        run.owner = owner;
        run.lease_until = now + kLease;
        run.progress = 0;
        held.push_back({.run = i, .fence = ++run.fence});
    }
    Refresh(first->item);
    return held;
}

bool Model::IsGood(const ExpectedHold& hold) const {
    return runs_[hold.run].status == Status::kProcessing && runs_[hold.run].fence == hold.fence;
}

void Model::End(const ExpectedHold& hold, Act how, const std::string& document, Timestamp now) {
    if (!IsGood(hold)) {
        return;
    }
    auto& run = runs_[hold.run];
    if (how == Act::kComplete) {
        run.progress = 1;
        run.document = found_.emplace(std::pair(run.item, run.processor), document).first->second;
        Finish(run, Status::kCompleted);
    } else if (how == Act::kFail) {
        Fail(run, now);
    } else if (how == Act::kCrash) {
        Crash(run, now);
    } else if (how == Act::kEndsCancelled) {
        Finish(run, Status::kCancelled);
    } else {
        run.alone = run.alone || how == Act::kCrashInGroup;
        GiveBack(run, now);
    }
    Refresh(run.item);
}

void Model::Wait(ExpectedRun& run, milliseconds least, milliseconds most, Timestamp now) {
    if (run.cancel_requested) {
        Finish(run, Status::kCancelled);
        return;
    }
    run.status = Status::kPending;
    run.owner = -1;
    run.progress = 0;
    run.ready_from = now + least;
    run.ready_to = now + most;
}

void Model::Finish(ExpectedRun& run, Status status) {
    run.status = status;
    run.owner = -1;
    events_.push_back(fmt::format("{} process.{}", run.item, LowerCase(status)));
}

void Model::Fail(ExpectedRun& run, Timestamp now) {
    if (++run.attempt >= kMostAttempts) {
        Finish(run, Status::kFailed);
        return;
    }
    const milliseconds delay = 5s * (1 << (run.attempt - 1));
    Wait(run, delay / 2, delay, now);
}

void Model::Crash(ExpectedRun& run, Timestamp now) {
    run.alone = true;
    if (++run.crashes >= kMostCrashes) {
        Finish(run, Status::kFailed);
        return;
    }
    const milliseconds delay = 1s * (1 << (run.crashes - 1));
    Wait(run, delay / 2, delay, now);
}

void Model::GiveBack(ExpectedRun& run, Timestamp now) {
    Wait(run, 0ms, 0ms, now);
}

void Model::Rescue(ExpectedRun& run, Timestamp now) {
    if (++run.rescues < 3 || run.cancel_requested) {
        GiveBack(run, now);
        return;
    }
    run.alone = true;
    const milliseconds delay = std::min<milliseconds>(1s * (1 << std::min(run.rescues - 3, 10)), 60s);
    Wait(run, delay / 2, delay, now);
}

void Model::Progress(const ExpectedHold& hold, double progress) {
    if (IsGood(hold)) {
        runs_[hold.run].progress = progress;
    }
}

std::vector<std::size_t> Model::Heartbeat(int owner, const std::vector<ExpectedHold>& held, Timestamp now) {
    for (const auto& hold : held) {
        if (IsGood(hold) && runs_[hold.run].owner == owner) {
            runs_[hold.run].lease_until = now + kLease;
        }
    }
    std::vector<std::size_t> cancelled;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        if (runs_[i].owner == owner && runs_[i].cancel_requested) {
            cancelled.push_back(i);
        }
    }
    return cancelled;
}

void Model::Reap(Timestamp now) {
    for (auto& run : runs_) {
        if (run.status == Status::kProcessing && run.lease_until < now) {
            Rescue(run, now);
            Refresh(run.item);
        }
    }
}

void Model::Reset(Timestamp now) {
    for (auto& run : runs_) {
        run.lease_until = Timestamp();
    }
    Reap(now);
}

void Model::GiveUp(int owner) {
    for (auto& run : runs_) {
        if (run.owner == owner) {
            run.lease_until = Timestamp();
        }
    }
}

bool Model::Cancel(int item) {
    bool any = false;
    for (auto& run : runs_) {
        if (run.item != item || IsTerminal(run.status)) {
            continue;
        }
        any = true;
        if (run.status == Status::kProcessing) {
            run.cancel_requested = true;
        } else {
            Finish(run, Status::kCancelled);
        }
    }
    Refresh(item);
    return any;
}

std::vector<std::size_t> Model::LatestOf(int item) const {
    std::map<std::string, std::size_t> latest;
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        if (runs_[i].item == item) {
            latest[runs_[i].processor] = i;  // later runs stand behind
        }
    }
    std::vector<std::size_t> all;
    for (const auto& [processor, i] : latest) {
        all.push_back(i);
    }
    return all;
}

bool Model::Rerun(int item, Timestamp now) {
    bool any = false;
    for (const auto i : LatestOf(item)) {
        if (IsTerminal(runs_[i].status)) {
            any = true;
            runs_.push_back(
                {.item = item,
                 .processor = runs_[i].processor,
                 .run = runs_[i].run + 1,
                 .ready_from = now,
                 .ready_to = now}
            );
        }
    }
    Refresh(item);
    return any;
}

void Model::Refresh(int item) {
    const auto latest = LatestOf(item);
    const auto has = [&](Status status) {
        return std::ranges::any_of(latest, [&](std::size_t i) { return runs_[i].status == status; });
    };
    auto status = Status::kSkipped;
    for (const auto wanted :
         {Status::kProcessing, Status::kPending, Status::kFailed, Status::kCompleted, Status::kCancelled}) {
        if (has(wanted)) {
            status = wanted;
            break;
        }
    }
    auto& known = items_.at(static_cast<std::size_t>(item));
    if (known != status && IsTerminal(status)) {
        events_.push_back(fmt::format("{} item.{}", item, LowerCase(status)));
    }
    known = status;
}

bool Model::IsOver() const {
    return std::ranges::all_of(items_, IsTerminal);
}

std::vector<std::string> Model::TakeEvents() {
    std::ranges::sort(events_);
    return std::exchange(events_, {});
}

}  // namespace notify::testing
