#include "sources/iconik/jobs.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/ids.hpp"
#include "sources/iconik/paging.hpp"
#include "sources/iconik/steps.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

// of a job's metadata
constexpr std::string_view kProcess = "notifications_process";
constexpr std::string_view kSource = "notifications_source";
// namespace of the jobs' ids
constexpr std::string_view kJobs = "8a2f6f0e-4b7c-5d6a-9f51-3c1f0c2f7a10";
constexpr std::string_view kAbortPending = "ABORT_PENDING";
constexpr int kMostOfAPage = 100;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kStatuses{{
    {"Pending", "WAITING"},
    {"Processing", "STARTED"},
    {"Completed", "FINISHED"},
    {"Failed", "FAILED"},
    {"Cancelled", "ABORTED"},
    {"Skipped", "SKIPPED"},
}};

struct Job {
    std::string id;
    std::string status;
    std::string message;
    std::int64_t hundredths = 0;
    std::vector<Step> steps;
};

bool IsOpen(std::string_view status) noexcept {
    return status == "WAITING" || status == "STARTED" || status == "READY" || status == "PAUSED" ||
           status == kAbortPending;
}

std::string MessageOf(const object& row) {
    auto error = TextIn(row, "error_message");
    return error.empty() ? TextIn(row, "message") : std::move(error);
}

std::string MetadataIn(const object& row, std::string_view name) {
    const auto* const metadata = row.if_contains("metadata");
    return metadata != nullptr && metadata->is_object() ? TextIn(metadata->get_object(), name)
                                                        : std::string();
}

/// The process whose job that is; "" when it is none of this service.
std::string ProcessOf(const object& row) {
    return MetadataIn(row, kProcess);
}

Request RequestOf(const std::string& asset, const std::string& job) {
    return {
        .path = job.empty() ? std::string("jobs/v1/jobs/") : fmt::format("jobs/v1/jobs/{}/", job),
        .query = {},
        .what = fmt::format("a job of asset {}", asset)
    };
}

/// Of the owner, by process; of several of one process all but the first by their own ids.
Result<std::map<std::string, Job>> ReadJobs(Client& client, const JobsOf& of, const std::stop_token& stop) {
    std::map<std::string, Job> jobs;
    auto request = RequestOf(of.asset, {});
    request.query = fmt::format("object_id={}&type=CUSTOM", of.asset);
    request.action = "list";
    request.can_wait = of.can_wait;
    const auto listed = EachByPage(
        client,
        {.request = std::move(request), .per_page = kMostOfAPage},
        [&](const object& row) -> Result<void> {
            const auto process = ProcessOf(row);
            const auto* const done = row.if_contains("progress_processed");
            Job job{
                .id = TextIn(row, "id"),
                .status = TextIn(row, "status"),
                .message = MessageOf(row),
                .hundredths = done != nullptr && done->is_int64() ? done->get_int64() : 0,
                .steps = ReadSteps(row)
            };
            if (!process.empty() && MetadataIn(row, kSource) == of.owner && IsId(job.id)) {
                const bool is_first = !jobs.contains(process);
                jobs.emplace(is_first ? process : job.id, std::move(job));
            }
            return {};
        },
        stop
    );
    return listed.map([&] { return std::move(jobs); });
}

Result<void> Change(
    Client& client, const std::string& asset, const std::string& job, object body, const std::stop_token& stop
) {
    auto request = RequestOf(asset, job);
    request.method = "PATCH";
    request.action = "change";
    request.body = std::move(body);
    return client.Send(request, stop).map([](const boost::json::value&) {});
}

Result<void> ShowDone(
    Client& client,
    const std::string& asset,
    const std::string& job,
    std::int64_t hundredths,
    const std::stop_token& stop
) {
    auto request = RequestOf(asset, job);
    request.method = "PATCH";
    request.action = "change";
    request.body = object{{"progress_processed", hundredths}};
    request.can_wait = true;
    return client.Send(request, stop).map([](const boost::json::value&) {});
}

/// What a job says of a process.
object StateOf(const object& process) {
    const auto status = JobStatusOf(TextIn(process, "status"));
    object state{{"status", status}};
    state[status == "FAILED" ? "error_message" : "message"] = TextIn(process, "message");
    if (status == "FINISHED") {
        state["progress_processed"] = 100;
    }
    return state;
}

/// The id follows from the process: one that was made a moment ago, by a service that was killed since and
/// whose request is still on its way, is not made beside it but changed.
Result<void> Add(Client& client, const JobsOf& of, const object& process, const std::stop_token& stop) {
    const auto processor = TextIn(process, "processor");
    const auto id = NamedUuid(kJobs, fmt::format("{}/{}", of.owner, TextIn(process, "process")));
    auto body = StateOf(process);
    body["id"] = id;
    body["title"] = of.title.empty() ? processor : fmt::format("{}: {}", processor, of.title);
    body["type"] = "CUSTOM";
    body["custom_type"] = processor;
    body["object_type"] = "assets";
    body["object_id"] = of.asset;
    body["progress_total"] = 100;
    body["steps"] = ToJson(StepsOf(process, of.results));
    body["metadata"] = object{{kProcess, TextIn(process, "process")}, {kSource, of.owner}};
    auto request = RequestOf(of.asset, {});
    request.method = "POST";
    request.action = "make";
    request.body = std::move(body);
    request.repeatable = false;
    const auto made = client.Send(request, stop);
    if (!made && made.error().code == ErrorCode::kInvalidArgument &&
        Change(client, of.asset, id, StateOf(process), stop)) {
        return {};
    }
    return made.map([](const boost::json::value&) {});
}

Result<void> ChangeSteps(
    Client& client,
    const std::string& asset,
    const std::string& job,
    const std::vector<Step>& steps,
    const std::stop_token& stop
) {
    if (steps.empty()) {
        return {};
    }
    auto request = RequestOf(asset, job);
    request.path += "steps/";
    request.method = "PATCH";
    request.action = "change";
    request.body = object{{"steps", ToJson(steps)}};
    return client.Send(request, stop).map([](const boost::json::value&) {});
}

/// True when the job need not be changed. Somebody's abort stays until the process has ended.
bool Says(const Job& job, const object& state) {
    const auto status = TextIn(state, "status");
    return (job.status == kAbortPending && IsOpen(status)) ||
           (job.status == status && job.message == MessageOf(state));
}

}  // namespace

std::string_view JobStatusOf(std::string_view status) noexcept {
    for (const auto& [ours, theirs] : kStatuses) {
        if (ours == status) {
            return theirs;
        }
    }
    return kStatuses.front().second;
}

Result<void> WriteJobs(
    Client& client, const JobsOf& of, const boost::json::array& processes, const std::stop_token& stop
) {
    auto there = ReadJobs(client, of, stop);
    if (!there) {
        return Unexpected(there.error());
    }
    std::vector<std::pair<std::string, std::vector<Step>>> steps;  // by job
    for (const auto& each : processes) {
        const auto& process = each.as_object();
        const auto job = there->extract(TextIn(process, "process"));
        auto state = StateOf(process);
        if (of.only_ends && (job.empty() || IsOpen(TextIn(state, "status")))) {
            continue;
        }
        Result<void> written;
        if (job.empty()) {
            written = Add(client, of, process, stop);
        } else if (!Says(job.mapped(), state)) {
            written = Change(client, of.asset, job.mapped().id, std::move(state), stop);
        }
        if (!written) {
            return written;
        }
        if (!job.empty()) {
            steps.emplace_back(
                job.mapped().id, ChangedSteps(StepsOf(process, of.results), job.mapped().steps)
            );
        }
    }
    for (const auto& [process, job] : *there) {
        if (!IsOpen(job.status)) {
            continue;
        }
        object over{{"status", "SKIPPED"}, {"message", "another run took its place"}};
        if (auto ended = Change(client, of.asset, job.id, std::move(over), stop); !ended) {
            return ended;
        }
    }
    Result<void> shown;
    for (const auto& [job, changed] : steps) {
        shown = std::move(shown).and_then([&] { return ChangeSteps(client, of.asset, job, changed, stop); });
    }
    return shown;
}

Result<std::vector<std::string>> AbortedProcesses(Client& client, const std::stop_token& stop) {
    std::vector<std::string> aborted;
    const List list{
        .request =
            {.path = "jobs/v1/jobs/",
             .query = fmt::format("status={}&type=CUSTOM", kAbortPending),
             .what = "jobs that are to be aborted",
             .action = "list"},
        .per_page = kMostOfAPage
    };
    const auto visit = [&](const object& row) -> Result<void> {
        if (auto process = ProcessOf(row); !process.empty() && TextIn(row, "status") == kAbortPending) {
            aborted.push_back(std::move(process));
        }
        return {};
    };
    return EachByPage(client, list, visit, stop).map([&] { return std::move(aborted); });
}

Result<std::vector<std::string>> ShowProgress(
    Client& client,
    const JobsOf& of,
    const std::map<std::string, double>& running,
    const std::stop_token& stop
) {
    auto aside = of;
    aside.can_wait = true;
    const auto there = ReadJobs(client, aside, stop);
    if (!there) {
        return Unexpected(there.error());
    }
    std::vector<std::string> aborted;
    for (const auto& [process, done] : running) {
        const auto job = there->find(process);
        if (job == there->end()) {
            continue;  // its making is on its way
        }
        if (job->second.status == kAbortPending) {
            aborted.push_back(process);
            continue;
        }
        const auto hundredths = static_cast<std::int64_t>(std::floor(done * 100));
        if (hundredths <= job->second.hundredths || !IsOpen(job->second.status)) {
            continue;
        }
        if (auto shown = ShowDone(client, of.asset, job->second.id, hundredths, stop); !shown) {
            return Unexpected(shown.error());
        }
    }
    return aborted;
}

}  // namespace notify::iconik
