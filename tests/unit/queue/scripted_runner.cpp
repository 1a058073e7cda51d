#include "unit/queue/scripted_runner.hpp"

#include <chrono>
#include <utility>

namespace notify::testing {

JobOutcome Found(const ProcessId& id, std::string document) {
    return {.id = id, .media_type = "video/mp4", .model_digest = {}, .document = std::move(document)};
}

JobOutcome Failed(const ProcessId& id, Error error) {
    return {.id = id, .document = Unexpected(std::move(error))};
}

JobOutcome Crashed(const ProcessId& id) {
    auto outcome =
        Failed(id, {.code = ErrorCode::kInternal, .stage = "child", .message = "the processor died"});
    outcome.crashed = true;
    return outcome;
}

void ScriptedRunner::Do(Script script) {
    const std::scoped_lock lock(mutex_);
    script_ = std::move(script);
}

Result<void> ScriptedRunner::Run(Job job, const JobObserver& observer, std::stop_token stop) {
    Script script;
    {
        const std::scoped_lock lock(mutex_);
        std::vector<std::string> processors;
        for (const auto& process : job.processes) {
            processors.push_back(process.processor);
            running_.insert(process.id);
        }
        jobs_.push_back(std::move(processors));
        script = script_;
    }
    changed_.notify_all();
    Result<void> ran;
    if (script) {
        ran = script(job, observer, stop);
    } else {
        for (const auto& process : job.processes) {
            observer.outcome(Found(process.id));
        }
    }
    const std::scoped_lock lock(mutex_);
    for (const auto& process : job.processes) {
        running_.erase(process.id);
        leaving_.erase(process.id);
    }
    return ran;
}

bool ScriptedRunner::CancelProcess(const ProcessId& id) {
    const std::scoped_lock lock(mutex_);
    if (!running_.contains(id)) {
        return false;
    }
    cancelled_.insert(id);
    changed_.notify_all();
    return true;
}

bool ScriptedRunner::WaitForCancel(const ProcessId& id, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    return changed_.wait(lock, stop, [&] { return cancelled_.contains(id); });
}

bool ScriptedRunner::LeaveJob(const ProcessId& id) {
    const std::scoped_lock lock(mutex_);
    if (!running_.contains(id)) {
        return false;
    }
    leaving_.insert(id);
    changed_.notify_all();
    return true;
}

bool ScriptedRunner::IsAskedToLeave(const ProcessId& id) const {
    const std::scoped_lock lock(mutex_);
    return leaving_.contains(id);
}

bool ScriptedRunner::WaitForLeave(const ProcessId& id, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const bool leaves = changed_.wait(lock, stop, [&] { return leaving_.contains(id); });
    leaving_.erase(id);
    return leaves;
}

std::vector<std::vector<std::string>> ScriptedRunner::Jobs() const {
    const std::scoped_lock lock(mutex_);
    return jobs_;
}

bool ScriptedRunner::AwaitJobs(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return jobs_.size() >= count; });
}

}  // namespace notify::testing
