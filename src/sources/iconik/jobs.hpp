#pragma once

// CUSTOM jobs of an asset: one for each process, found again by the process that its metadata name. Source:
// JobSchema of Iconik's jobs API.

#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"

namespace notify::iconik {

/// What a job says of a process's status: WAITING, STARTED, FINISHED, FAILED, ABORTED, SKIPPED.
[[nodiscard]] std::string_view JobStatusOf(std::string_view status) noexcept;

/// An asset whose jobs are written.
struct JobsOf {
    std::string asset;
    std::string owner;    ///< Id of the source: jobs of another one are not looked at.
    std::string title;    ///< Of the asset, for those of the jobs.
    std::string results;  ///< How the writing of what was found stands, as the `status` publication tells it.
    bool can_wait = false;   ///< Requests for it do.
    bool only_ends = false;  ///< Jobs that are open are ended when their processes have; none is made.
};

/// Makes a job for each of the processes (an element of `processes` of the `status` publication) that has
/// none, changes those that say something else with their steps (steps.hpp), and ends what is open of earlier
/// runs.
[[nodiscard]] Result<void> WriteJobs(
    Client& client, const JobsOf& of, const boost::json::array& processes, const std::stop_token& stop
);

/// The processes whose jobs somebody asks to abort, of every asset: one listing of what Iconik has as
/// ABORT_PENDING.
[[nodiscard]] Result<std::vector<std::string>> AbortedProcesses(Client& client, const std::stop_token& stop);

/// Shows how far processes that run are (0 … 1), where the hundredth has changed and the job is still open.
/// Its requests wait for those that cannot. The processes whose jobs somebody asks to abort.
[[nodiscard]] Result<std::vector<std::string>> ShowProgress(
    Client& client,
    const JobsOf& of,
    const std::map<std::string, double>& running,
    const std::stop_token& stop
);

}  // namespace notify::iconik
