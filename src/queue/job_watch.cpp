#include "queue/job_watch.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "processors/host/host.hpp"
#include "queue/outcomes.hpp"
#include "queue/retry_policy.hpp"
#include "storage/process_repository.hpp"

namespace notify {

namespace {

constexpr auto kProgressInterval = std::chrono::seconds(1);

Error WhyNothingWasSaid(const Result<void>& ran) {
    if (ran) {
        return {
            .code = ErrorCode::kInternal,
            .stage = "child",
            .message = "the processor ended without an outcome"
        };
    }
    auto error = ran.error();
    error.stage = error.stage.empty() ? "child" : error.stage;
    return error;
}

}  // namespace

JobWatch::JobWatch(
    const ClaimedItem& claim,
    std::function<void(Ended)> ended,
    std::function<void(const Process&, double)> progress
)
    : claim_(claim), ended_(std::move(ended)), progress_(std::move(progress)) {
    for (const auto& process : claim_.processes) {
        noted_[process.id] = std::chrono::steady_clock::now();
    }
}

JobObserver JobWatch::Observer() {
    return {
        .progress = [this](const ProcessId& id, double done) { Progress(id, done); },
        .outcome = [this](JobOutcome outcome) { Outcome(std::move(outcome)); },
    };
}

const Process* JobWatch::Find(const ProcessId& id) const {
    const auto found = std::ranges::find(claim_.processes, id, &Process::id);
    return found == claim_.processes.end() ? nullptr : &*found;
}

void JobWatch::Progress(const ProcessId& id, double done) {
    const auto* process = Find(id);
    const auto now = std::chrono::steady_clock::now();
    if (process == nullptr || now - noted_[id] < kProgressInterval) {
        return;
    }
    noted_[id] = now;
    progress_(*process, done);
}

void JobWatch::Outcome(JobOutcome outcome) {
    if (Find(outcome.id) == nullptr || std::ranges::find(told_, outcome.id) != told_.end()) {
        return;
    }
    told_.push_back(outcome.id);
    if (outcome.crashed) {
        crashed_.push_back(std::move(outcome));
    } else {
        Tell(std::move(outcome), CrashKind::kNone);
    }
}

void JobWatch::Finish(const Result<void>& ran) {
    const auto kind = crashed_.size() > 1 ? CrashKind::kInGroup : CrashKind::kAlone;
    for (auto& outcome : crashed_) {
        Tell(std::move(outcome), kind);
    }
    crashed_.clear();
    for (const auto& process : claim_.processes) {
        Outcome({.id = process.id, .document = Unexpected(WhyNothingWasSaid(ran))});
    }
}

void JobWatch::Tell(JobOutcome outcome, CrashKind crash) {
    const auto& process = *Find(outcome.id);
    ended_({.item = claim_.item, .process = process, .outcome = std::move(outcome), .crash = crash});
}

}  // namespace notify
