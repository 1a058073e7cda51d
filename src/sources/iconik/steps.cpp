#include "sources/iconik/steps.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "sources/iconik/client.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

constexpr std::string_view kMedia = "Wait for the media";
constexpr std::string_view kProcessing = "Process the media";
constexpr std::string_view kWriting = "Write the results";

constexpr std::string_view kWaiting = "WAITING";
constexpr std::string_view kInProgress = "IN_PROGRESS";
constexpr std::string_view kDone = "DONE";
constexpr std::string_view kFailed = "FAILED";
constexpr std::string_view kSkipped = "SKIPPED";

std::string_view WritingStatus(std::string_view results) {
    return results == "written"   ? kDone
           : results == "waiting" ? kInProgress
           : results == "failed"  ? kFailed
           : results == "none"    ? kSkipped
                                  : kWaiting;
}

std::vector<Step> Three(std::string_view media, std::string_view processing, std::string_view writing) {
    std::vector<Step> steps;
    for (const auto& [label, status] :
         {std::pair(kMedia, media), std::pair(kProcessing, processing), std::pair(kWriting, writing)}) {
        steps.push_back({.id = {}, .label = std::string(label), .status = std::string(status), .error = {}});
    }
    return steps;
}

}  // namespace

std::vector<Step> StepsOf(const object& process, std::string_view results) {
    const auto status = TextIn(process, "status");
    const auto stage = TextIn(process, "stage");  // where it ended or was put off
    const bool at_media = stage == "open" || stage == "store";
    if (status == "Pending") {
        return Three(at_media ? kInProgress : kWaiting, kWaiting, kWaiting);
    }
    if (status == "Processing") {
        return Three(kDone, kInProgress, kWaiting);
    }
    if (status == "Completed") {
        return Three(kDone, kDone, WritingStatus(results));
    }
    if (status != "Failed") {
        return Three(kSkipped, kSkipped, kSkipped);
    }
    auto steps = at_media ? Three(kFailed, kSkipped, kSkipped) : Three(kDone, kFailed, kSkipped);
    steps[at_media ? 0 : 1].error = TextIn(process, "message");
    return steps;
}

std::vector<Step> ReadSteps(const object& job) {
    std::vector<Step> steps;
    const auto* const found = job.if_contains("steps");
    const auto* const rows = found != nullptr ? found->if_array() : nullptr;
    for (const auto& row : rows != nullptr ? *rows : boost::json::array()) {
        if (const auto* const step = row.if_object()) {
            steps.push_back(
                {.id = TextIn(*step, "id"),
                 .label = TextIn(*step, "label"),
                 .status = TextIn(*step, "status"),
                 .error = TextIn(*step, "error_message")}
            );
        }
    }
    return steps;
}

boost::json::array ToJson(const std::vector<Step>& steps) {
    boost::json::array rows;
    for (const auto& step : steps) {
        object row{{"label", step.label}, {"status", step.status}};
        if (!step.id.empty()) {
            row["id"] = step.id;
            row["error_message"] = nullptr;
        }
        if (!step.error.empty()) {
            row["error_message"] = step.error;
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

std::vector<Step> ChangedSteps(const std::vector<Step>& wanted, const std::vector<Step>& there) {
    std::vector<Step> changed;
    for (const auto& step : wanted) {
        const auto found = std::ranges::find(there, step.label, &Step::label);
        if (found == there.end() || found->id.empty() ||
            (found->status == step.status && found->error == step.error)) {
            continue;
        }
        changed.push_back(step);
        changed.back().id = found->id;
    }
    return changed;
}

}  // namespace notify::iconik
