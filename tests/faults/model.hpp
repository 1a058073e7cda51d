#pragma once

// What the queue promises of processes and items (docs/architecture.md, domain/status.hpp), said once more
// without a database, so that the two can be compared after every step.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "domain/status.hpp"
#include "faults/steps.hpp"

namespace notify::testing {

/// One run of one processor on one item, as it should be.
struct ExpectedRun {
    int item = 0;
    std::string processor;
    int run = 1;
    Status status = Status::kPending;
    int attempt = 0;
    int crashes = 0;
    int rescues = 0;
    bool alone = false;
    bool cancel_requested = false;
    std::int64_t fence = 0;
    int owner = -1;  ///< Who holds it, −1 for nobody.
    Timestamp lease_until;
    /// When it is ready, as far as that is known: delays have jitter, so what the database says is taken.
    Timestamp ready_from;
    Timestamp ready_to;
    double progress = 0;
    std::string document;  ///< Of its result.
};

/// A run, and the fence it was claimed with.
struct ExpectedHold {
    std::size_t run = 0;
    std::int64_t fence = 0;
};

class Model final {
public:
    static constexpr std::chrono::seconds kLease{30};

    /// `items` of one bucket, older ones first, each with a first run of each processor.
    Model(int items, const std::vector<std::string>& processors, Timestamp now);

    /// The job that a claim takes: a group of an item, or one run alone; empty when nothing is ready.
    std::vector<ExpectedHold> Claim(int owner, Timestamp now);

    /// What follows from a hold's end; nothing when it is not the latest.
    void End(const ExpectedHold& hold, Act how, const std::string& document, Timestamp now);

    void Progress(const ExpectedHold& hold, double progress);

    /// Extends those of `held` that are still the owner's. The runs of the owner that are to be cancelled.
    std::vector<std::size_t> Heartbeat(int owner, const std::vector<ExpectedHold>& held, Timestamp now);

    void Reap(Timestamp now);

    /// Everything that is held is given back: a database that one node uses, which starts.
    void Reset(Timestamp now);

    /// The leases of an owner are over.
    void GiveUp(int owner);

    /// False when nothing is left to cancel, or has ended.
    bool Cancel(int item);
    bool Rerun(int item, Timestamp now);

    [[nodiscard]] Status StatusOf(int item) const { return items_.at(static_cast<std::size_t>(item)); }

    [[nodiscard]] bool IsOver() const;

    [[nodiscard]] std::vector<ExpectedRun>& Runs() noexcept { return runs_; }

    /// What was to be told since the last call, "2 item.completed" for the third item, sorted.
    [[nodiscard]] std::vector<std::string> TakeEvents();

private:
    [[nodiscard]] bool IsGood(const ExpectedHold& hold) const;
    [[nodiscard]] std::vector<std::size_t> LatestOf(int item) const;
    void Wait(
        ExpectedRun& run, std::chrono::milliseconds least, std::chrono::milliseconds most, Timestamp now
    );
    void Finish(ExpectedRun& run, Status status);
    void Fail(ExpectedRun& run, Timestamp now);
    void Crash(ExpectedRun& run, Timestamp now);
    void GiveBack(ExpectedRun& run, Timestamp now);
    void Rescue(ExpectedRun& run, Timestamp now);
    void Refresh(int item);

    std::vector<ExpectedRun> runs_;
    std::vector<Status> items_;
    std::map<std::pair<int, std::string>, std::string> found_;  ///< The first document of the same bytes.
    std::vector<std::string> events_;
};

}  // namespace notify::testing
