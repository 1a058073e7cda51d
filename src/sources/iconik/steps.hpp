#pragma once

// The steps of a job: what a process has before it, is at and has behind it. Source: JobStep of Iconik's jobs
// API.

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace notify::iconik {

struct Step {
    std::string id;  ///< Iconik's; "" for one that is not there yet.
    std::string label;
    std::string status;  ///< "WAITING", "IN_PROGRESS", "DONE", "FAILED", "SKIPPED".
    std::string error;   ///< Why it failed; else "".
};

/// Of a process (an element of `processes` of the `status` publication): its media, the processing, the
/// writing of what was found; `results` is that publication's member.
[[nodiscard]] std::vector<Step> StepsOf(const boost::json::object& process, std::string_view results);

/// Those of a job.
[[nodiscard]] std::vector<Step> ReadSteps(const boost::json::object& job);

/// As they are made, or changed when they have ids.
[[nodiscard]] boost::json::array ToJson(const std::vector<Step>& steps);

/// Those that say something else than what is there under the same label, with its ids; what is not there is
/// left out.
[[nodiscard]] std::vector<Step> ChangedSteps(const std::vector<Step>& wanted, const std::vector<Step>& there);

}  // namespace notify::iconik
