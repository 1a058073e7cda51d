#pragma once

// Listens to one running job: turns what the runner tells into ended processes, and decides who is to blame
// for a crash.

#include <chrono>
#include <functional>
#include <map>
#include <vector>

#include "core/result.hpp"
#include "queue/completion.hpp"
#include "storage/process_repository.hpp"

namespace notify {

/// Of one thread, as JobRunner::Run is. The claim outlives it.
class JobWatch final {
public:
    /// `ended` is called once for each process of the claim, in any order; `progress` at most once a second
    /// for each, first after a second: what is done sooner costs no write.
    JobWatch(
        const ClaimedItem& claim,
        std::function<void(Ended)> ended,
        std::function<void(const Process&, double)> progress
    );

    /// What the runner calls; refers to this object.
    [[nodiscard]] JobObserver Observer();

    /// After the run: crashed processes, which had to wait until it is known how many they are, and those the
    /// runner said nothing of.
    void Finish(const Result<void>& ran);

private:
    void Outcome(JobOutcome outcome);
    void Progress(const ProcessId& id, double done);
    void Tell(JobOutcome outcome, CrashKind crash);
    [[nodiscard]] const Process* Find(const ProcessId& id) const;

    const ClaimedItem& claim_;
    std::function<void(Ended)> ended_;
    std::function<void(const Process&, double)> progress_;
    std::vector<ProcessId> told_;
    std::vector<JobOutcome> crashed_;
    std::map<ProcessId, std::chrono::steady_clock::time_point> noted_;
};

}  // namespace notify
