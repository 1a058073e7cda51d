#include "queue/job_runner.hpp"

#include <stop_token>
#include <utility>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "processors/config_secrets.hpp"
#include "processors/host/host.hpp"

namespace notify {

Result<void> HostJobRunner::Run(Job job, const JobObserver& observer, std::stop_token stop) {
    for (auto& process : job.processes) {
        auto config = OpenSecrets(process.processor, process.config, box_);
        if (!config) {
            return Unexpected(config.error().Within("the configuration of " + process.processor));
        }
        process.config = *std::move(config);
    }
    return host_.Run(std::move(job), observer, stop);
}

bool HostJobRunner::CancelProcess(const ProcessId& id) {
    return host_.CancelProcess(id);
}

bool HostJobRunner::LeaveJob(const ProcessId& id) {
    return host_.LeaveJob(id);
}

}  // namespace notify
