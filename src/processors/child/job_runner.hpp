#pragma once

// Runs one job: the group of processes on one item.

#include <atomic>
#include <map>
#include <mutex>
#include <span>
#include <stop_token>
#include <string>

#include "inference/face_models.hpp"
#include "processors/child/channel.hpp"
#include "processors/child/registry.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

/// What a child runs jobs with.
struct Equipment {
    std::span<const RegisteredProcessor> processors;
    FaceModels* models = nullptr;  ///< Null in a child that was started without.
};

/// Which processes of the present job are to stop. Written by the control thread, read by the job's:
/// thread-safe.
class Cancellations final {
public:
    /// Of one process, or of the whole job when `process` is empty.
    void Request(const std::string& process);

    /// The job is to be left where it can be gone on with.
    void AskToLeave();

    [[nodiscard]] bool LeaveIsAsked() const;

    /// Forgets everything: a new job begins.
    void Clear();

    /// Requested when this process, or the whole job, is cancelled.
    [[nodiscard]] std::stop_token Of(const std::string& process);

    /// Requested when the whole job is cancelled.
    [[nodiscard]] std::stop_token Job() const;

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::stop_source> processes_;
    std::stop_source job_;
    std::atomic<bool> leave_ = false;
};

/// Runs the job and says one result or failed line for each process, then done. Errors only when the parent
/// is gone.
[[nodiscard]] Result<void> RunJob(
    const JobRequest& job, Channel& channel, const Equipment& equipment, Cancellations& cancellations
);

}  // namespace notify
