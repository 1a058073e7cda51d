#include "processors/host/host.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>

#include "core/backoff.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "processors/host/child_process.hpp"
#include "processors/host/job_session.hpp"
#include "processors/host/spawner.hpp"
#include "processors/kind.hpp"
#include "processors/protocol/line_buffer.hpp"
#include "processors/protocol/messages.hpp"
#include "processors/sandbox_report.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kFirstPause(1);
constexpr std::chrono::seconds kLongestPause(60);

/// A key of a store may be any bytes; a line of the protocol is UTF-8.
std::string AsUtf8(std::string name) {
    if (!ParseJson(boost::json::serialize(boost::json::string(name)))) {
        std::ranges::replace_if(name, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
    }
    std::ranges::replace_if(
        name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' '
    );
    return name.substr(0, 1000);
}

/// The processes of the job that need models.
std::vector<ProcessId> WithModels(const Job& job) {
    std::vector<ProcessId> ids;
    for (const auto& process : job.processes) {
        const auto kind = FindProcessorKind(process.processor);
        if (kind && (*kind)->needs_models) {
            ids.push_back(process.id);
        }
    }
    return ids;
}

Result<void> CheckJob(const Job& job) {
    if (job.descriptor.IsOpen() == (job.reader != nullptr)) {
        return Fail(ErrorCode::kInvalidArgument, "a job needs a descriptor or a reader");
    }
    if (job.descriptor.IsOpen() && (::fcntl(job.descriptor.Get(), F_GETFL) & O_ACCMODE) != O_RDONLY) {
        return Fail(ErrorCode::kInvalidArgument, "a processor is handed read-only descriptors only");
    }
    if (job.processes.empty() || job.processes.size() > kMaxProcessesOfJob) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("a job has 1 to {} processes", kMaxProcessesOfJob)
        );
    }
    return {};
}

/// Of what is open, then of what ended; none when there is no checkpoint.
std::vector<std::uint64_t> SizesOf(const Checkpoint& checkpoint) {
    std::vector<std::uint64_t> sizes;
    if (!checkpoint.open.empty()) {
        sizes.push_back(checkpoint.open.size());
        for (const auto& part : checkpoint.ended) {
            sizes.push_back(part.size());
        }
    }
    return sizes;
}

/// What the child is told of the job.
Result<JobRequest> MakeRequest(const Job& job, std::string number) {
    JobRequest request{
        .job = std::move(number),
        .name = AsUtf8(job.name),
        .size_bytes = job.size_bytes,
        .descriptor = job.descriptor.IsOpen(),
        .processes = {},
        .media_types = job.media_types,
    };
    for (const auto& process : job.processes) {
        auto config = ParseJson(process.config.empty() ? "{}" : process.config);
        if (!config || !config->is_object()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("the configuration of {} is no JSON object", process.processor)
            );
        }
        request.processes.push_back(
            {.process = process.id.Value(),
             .processor = process.processor,
             .config = std::move(config->get_object()),
             .media_types = process.media_types,
             .checkpoint = SizesOf(process.checkpoint)}
        );
    }
    if (ToLine(ParentMessage(request)).size() > kMaxLineBytes) {
        return Fail(ErrorCode::kTooLarge, "the configurations of the job's processes are too long");
    }
    return request;
}

}  // namespace

class ProcessorHost::Implementation final {
public:
    explicit Implementation(HostSettings settings)
        : settings_(std::move(settings)), keeper_([this](const std::stop_token& stop) { KeepIdle(stop); }) {}

    ~Implementation();
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    Result<void> Run(Job job, const JobObserver& observer, const std::stop_token& stop);
    bool CancelProcess(const ProcessId& id);
    bool LeaveJob(const ProcessId& id);
    Result<SandboxReport> Probe();

    [[nodiscard]] std::int64_t ChildrenStarted() const { return children_started_; }

private:
    struct Warm {
        std::unique_ptr<ChildProcess> child;
        steady_clock::time_point since;
    };

    /// Makes the session known to CancelProcess while it lives.
    class Registration {
    public:
        Registration(Implementation& host, JobSession& session, const JobRequest& request);
        ~Registration();
        Registration(const Registration&) = delete;
        Registration& operator=(const Registration&) = delete;

    private:
        Implementation& host_;
        std::vector<std::string> ids_;
    };

    Result<std::unique_ptr<ChildProcess>> Acquire(bool with_models, const std::stop_token& stop);
    std::unique_ptr<ChildProcess> TakeWarm(bool with_models);
    void Release(std::unique_ptr<ChildProcess> child);
    void KeepIdle(const std::stop_token& stop);

    HostSettings settings_;
    Spawner spawner_;
    std::atomic<std::int64_t> children_started_ = 0;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::vector<Warm> warm_;
    std::map<std::string, JobSession*, std::less<>> running_;
    std::uint64_t jobs_ = 0;
    int deaths_with_models_ = 0;  ///< At the start, one after the other.
    int deaths_without_ = 0;
    std::jthread keeper_;
};

ProcessorHost::Implementation::~Implementation() {
    keeper_.request_stop();
    keeper_.join();
    for (auto& warm : warm_) {
        warm.child->Quit();
    }
}

ProcessorHost::Implementation::Registration::Registration(
    Implementation& host, JobSession& session, const JobRequest& request
)
    : host_(host) {
    const std::scoped_lock lock(host_.mutex_);
    for (const auto& process : request.processes) {
        if (host_.running_.emplace(process.process, &session).second) {
            ids_.push_back(process.process);
        }
    }
}

ProcessorHost::Implementation::Registration::~Registration() {
    const std::scoped_lock lock(host_.mutex_);
    for (const auto& id : ids_) {
        host_.running_.erase(id);
    }
}

Result<void> ProcessorHost::Implementation::Run(
    Job job, const JobObserver& observer, const std::stop_token& stop
) {
    if (auto fine = CheckJob(job); !fine) {
        return fine;
    }
    std::string number;
    {
        const std::scoped_lock lock(mutex_);
        number = std::to_string(++jobs_);
    }
    const auto request = MakeRequest(job, std::move(number));
    if (!request) {
        return Unexpected(request.error());
    }
    const auto with_models = WithModels(job);
    JobSession session(std::move(job), *request, observer, settings_.limits);
    const Registration registration(*this, session, *request);
    auto child = Acquire(!with_models.empty(), stop);
    const bool some_need_none = !with_models.empty() && with_models.size() < request->processes.size();
    if (!child && child.error().reason == kNoChild && some_need_none) {
        if (auto other = Acquire(false, stop)) {
            session.LeaveOut(with_models, child.error());
            child = std::move(other);
        }
    }
    if (!child) {
        return Unexpected(child.error());
    }
    // One that kept much memory of this item would be ended for it at the next, which is innocent.
    if (session.Run(**child, stop) && (*child)->ResidentBytes() < settings_.limits.resident_bytes / 2) {
        Release(std::move(*child));
    }
    return {};
}

bool ProcessorHost::Implementation::CancelProcess(const ProcessId& id) {
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(id.Value());
    if (found == running_.end()) {
        return false;
    }
    found->second->Cancel(id);
    return true;
}

bool ProcessorHost::Implementation::LeaveJob(const ProcessId& id) {
    const std::scoped_lock lock(mutex_);
    const auto found = running_.find(id.Value());
    if (found == running_.end()) {
        return false;
    }
    found->second->Leave();
    return true;
}

Result<SandboxReport> ProcessorHost::Implementation::Probe() {
    auto child = Acquire(false, {});
    if (!child) {
        return Unexpected(child.error());
    }
    auto report = (*child)->Sandbox();
    Release(std::move(*child));
    return report;
}

Result<std::unique_ptr<ChildProcess>> ProcessorHost::Implementation::Acquire(
    bool with_models, const std::stop_token& stop
) {
    while (auto warm = TakeWarm(with_models)) {
        if (warm->IsAlive()) {
            return warm;
        }
    }
    auto child = ChildProcess::Start(spawner_, settings_, with_models, stop);
    const std::scoped_lock lock(mutex_);
    auto& deaths = with_models ? deaths_with_models_ : deaths_without_;
    if (child) {
        ++children_started_;
        deaths = 0;
        return child;
    }
    if (child.error().retry_after) {
        child.error().retry_after = BackoffDelay(++deaths, kFirstPause, kLongestPause);
    }
    return child;
}

/// The one used last: the others come nearer to their end.
std::unique_ptr<ChildProcess> ProcessorHost::Implementation::TakeWarm(bool with_models) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find_if(warm_.rbegin(), warm_.rend(), [&](const Warm& warm) {
        return warm.child->HasModels() == with_models;
    });
    if (found == warm_.rend()) {
        return nullptr;
    }
    auto child = std::move(found->child);
    warm_.erase(std::next(found).base());
    return child;
}

void ProcessorHost::Implementation::Release(std::unique_ptr<ChildProcess> child) {
    {
        const std::scoped_lock lock(mutex_);
        warm_.push_back({.child = std::move(child), .since = steady_clock::now()});
    }
    changed_.notify_one();
}

void ProcessorHost::Implementation::KeepIdle(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (warm_.empty()) {
            changed_.wait(lock, stop, [this] { return !warm_.empty(); });
            continue;
        }
        const auto end = std::ranges::min_element(warm_, {}, &Warm::since)->since + settings_.limits.idle;
        if (steady_clock::now() < end) {
            changed_.wait_until(lock, stop, end, [] { return false; });
            continue;
        }
        const auto idle = std::ranges::min_element(warm_, {}, &Warm::since);
        auto child = std::move(idle->child);
        warm_.erase(idle);
        lock.unlock();
        child->Quit();
        child.reset();
        lock.lock();
    }
}

ProcessorHost::ProcessorHost(HostSettings settings)
    : implementation_(std::make_unique<Implementation>(std::move(settings))) {}

ProcessorHost::~ProcessorHost() = default;

Result<void> ProcessorHost::Run(Job job, const JobObserver& observer, const std::stop_token& stop) {
    return implementation_->Run(std::move(job), observer, stop);
}

bool ProcessorHost::CancelProcess(const ProcessId& id) {
    return implementation_->CancelProcess(id);
}

bool ProcessorHost::LeaveJob(const ProcessId& id) {
    return implementation_->LeaveJob(id);
}

std::int64_t ProcessorHost::ChildrenStarted() const {
    return implementation_->ChildrenStarted();
}

Result<SandboxReport> ProcessorHost::Probe() {
    return implementation_->Probe();
}

}  // namespace notify
