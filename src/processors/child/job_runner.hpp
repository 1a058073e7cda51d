#pragma once

// Runs one job: the group of processes on one item.

#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>

#include <boost/json.hpp>

#include "inference/face_models.hpp"
#include "processors/child/channel.hpp"
#include "processors/child/registry.hpp"

namespace notify {

/// Which processes of the present job are to stop. Written by the control thread, read by the job's: thread-safe.
class Cancellations final {
public:
    /// Of one process, or of the whole job when `process` is empty.
    void Request(const std::string& process);

    /// Forgets everything: a new job begins.
    void Clear();

    [[nodiscard]] bool IsCancelled(const std::string& process) const;

    /// Requested when the whole job is cancelled.
    [[nodiscard]] std::stop_token Job() const;

private:
    mutable std::mutex mutex_;
    std::set<std::string> processes_;
    std::stop_source job_;
};

/// Runs the job in `line` and says one result or failed line for each process, then done. Errors only when the parent is
/// gone.
[[nodiscard]] Result<void> RunJob(const boost::json::object& line, Channel& channel, FaceModels* models, const Cancellations& cancellations);

}  // namespace notify
