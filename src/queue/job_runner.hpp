#pragma once

// What the workers need of the processor host; tests put a scripted one in its place.

#include <stop_token>

#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "processors/host/host.hpp"

namespace notify {

/// Thread-safe, as ProcessorHost is; see there for what the methods promise.
class JobRunner {
public:
    JobRunner() = default;
    JobRunner(const JobRunner&) = delete;
    JobRunner& operator=(const JobRunner&) = delete;
    virtual ~JobRunner() = default;

    [[nodiscard]] virtual Result<void> Run(Job job, const JobObserver& observer, std::stop_token stop) = 0;
    virtual bool CancelProcess(const ProcessId& id) = 0;
    virtual bool LeaveJob(const ProcessId& id) = 0;
};

/// Runs jobs in the sandboxed children of a host, with the secrets of their configurations opened. Both
/// outlive it.
class HostJobRunner final : public JobRunner {
public:
    HostJobRunner(ProcessorHost& host, const SecretBox& box) : host_(host), box_(box) {}

    [[nodiscard]] Result<void> Run(Job job, const JobObserver& observer, std::stop_token stop) override;
    bool CancelProcess(const ProcessId& id) override;
    bool LeaveJob(const ProcessId& id) override;

private:
    ProcessorHost& host_;
    const SecretBox& box_;
};

}  // namespace notify
