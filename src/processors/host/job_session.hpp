#pragma once

// One job on one child: sends it, serves its reads, collects what it gives, and makes sure that every process
// of the job has an outcome, whatever the child does.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "processors/host/blob_collector.hpp"
#include "processors/host/child_process.hpp"
#include "processors/host/host.hpp"
#include "processors/host/process_error.hpp"
#include "processors/host/read_server.hpp"
#include "processors/host/watch.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

/// Used by one thread, Cancel excepted.
class JobSession final {
public:
    /// `request`: the job as the child is told it. `observer` outlives the session.
    JobSession(Job job, JobRequest request, const JobObserver& observer, const ChildLimits& limits);
    ~JobSession();
    JobSession(const JobSession&) = delete;
    JobSession& operator=(const JobSession&) = delete;

    /// Ends these processes with `why`; the child will not be told of them. Before Run.
    void LeaveOut(const std::vector<ProcessId>& ids, const Error& why);

    /// Returns when every process had its outcome. True when the child may take another job; otherwise it is
    /// dead.
    [[nodiscard]] bool Run(ChildProcess& child, const std::stop_token& stop);

    /// Asks for the end of one process; before Run, too. Thread-safe.
    void Cancel(const ProcessId& id);

    /// As ProcessorHost::LeaveJob. Thread-safe.
    void Leave();

private:
    using Time = std::chrono::steady_clock::time_point;

    /// A process of the job, until it ends.
    struct Open {
        ProcessId id;
        bool ended = false;
        std::optional<Time> cancelled;
        Time last_progress;
    };

    void Wake() const;
    void Begin();
    void Step(const std::stop_token& stop);
    void SendCheckpoints();
    void PassOnCancels(const std::stop_token& stop);
    void PassOnLeave();
    void AnswerRead();
    void TakeFrames();
    void TakeFrame(const ReceivedFrame& frame);
    void TakeLines();
    void Take(const ProgressNotice& progress);
    void Take(const MediaNotice& media);
    void Take(const ResumedNotice& resumed);
    void Take(const CheckpointNotice& checkpoint);
    void Take(const LeftNotice& left);
    void Take(const ResultNotice& result);
    void Take(const FailedNotice& failed);
    void Take(const DoneNotice& done);
    void Supervise();
    void Finish();

    void Break(std::string what);
    [[nodiscard]] Open* Find(std::string_view job, std::string_view process);
    [[nodiscard]] KnownToHost KnownOf(const Open& open) const;
    void End(Open& open, JobOutcome outcome);

    Job job_;
    JobRequest request_;
    const JobObserver& observer_;
    ChildLimits limits_;
    UniqueFd wake_;
    ChildProcess* child_ = nullptr;
    std::vector<Open> open_;
    BlobCollector blobs_;
    std::optional<Watch> watch_;
    std::optional<Error>
        read_error_;  ///< The last one the store gave; the child is told it, but not asked for it.
    std::optional<Time> stopped_;
    std::optional<ChildEnd> end_;
    Time next_sample_;
    bool done_ = false;
    bool leaves_ = false;  ///< The child was asked to.

    std::mutex mutex_;
    std::vector<ProcessId> to_cancel_;
    bool to_leave_ = false;

    std::unique_ptr<ReadServer> reader_;  ///< Last: its thread uses the job's reader and wakes us.
};

}  // namespace notify
