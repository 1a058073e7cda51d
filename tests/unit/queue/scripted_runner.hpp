#pragma once

// A job runner that does what a test says, in the place of the sandboxed children.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "queue/job_runner.hpp"

namespace notify::testing {

/// Completes every process with the document {"ok":true} unless told otherwise. Thread-safe.
class ScriptedRunner final : public JobRunner {
public:
    using Script = std::function<Result<void>(const Job&, const JobObserver&, const std::stop_token&)>;

    /// What the next jobs do.
    void Do(Script script);

    [[nodiscard]] Result<void> Run(Job job, const JobObserver& observer, std::stop_token stop) override;

    /// True when a job that runs has the process; WaitForCancel of that job then returns true.
    bool CancelProcess(const ProcessId& id) override;

    /// True when a job that runs has the process; WaitForLeave of that job then returns true.
    bool LeaveJob(const ProcessId& id) override;

    /// In a script: true when that was asked of the job of `id`.
    [[nodiscard]] bool IsAskedToLeave(const ProcessId& id) const;

    /// In a script: waits until the job of `id` is asked to leave; false after a stop.
    bool WaitForLeave(const ProcessId& id, const std::stop_token& stop);

    /// In a script: waits for the end that a stop or the cancellation of `id` asks for; true for the latter.
    bool WaitForCancel(const ProcessId& id, const std::stop_token& stop);

    /// The processors of each job so far, in the order of their starts.
    [[nodiscard]] std::vector<std::vector<std::string>> Jobs() const;

    /// Waits until `count` jobs have started; false after 20 s.
    [[nodiscard]] bool AwaitJobs(std::size_t count);

private:
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    Script script_;
    std::set<ProcessId> running_;
    std::set<ProcessId> cancelled_;
    std::set<ProcessId> leaving_;
    std::vector<std::vector<std::string>> jobs_;
};

/// An outcome with a document.
[[nodiscard]] JobOutcome Found(const ProcessId& id, std::string document = R"({"ok":true})");

/// An outcome without one.
[[nodiscard]] JobOutcome Failed(const ProcessId& id, Error error);

/// The outcome of a process whose child died.
[[nodiscard]] JobOutcome Crashed(const ProcessId& id);

}  // namespace notify::testing
