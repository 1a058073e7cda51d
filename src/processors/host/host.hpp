#pragma once

// The parent's side of the sandboxed child: starts it, serves it bytes, supervises it, takes its results.
// The protocol is docs/child-protocol.md.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "core/byte_source.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "processors/sandbox_report.hpp"

namespace notify {

/// One processor with its configuration, to be run on the job's bytes.
struct JobProcess {
    ProcessId id;
    std::string processor;
    std::string config;                    ///< Canonical JSON from NormaliseConfig.
    std::vector<std::string> media_types;  ///< As Process::media_types.
    Checkpoint checkpoint;                 ///< What it goes on with; none when nothing is open in it.
};

/// An item and the group of processes that run on it in one child.
struct Job {
    std::string name;                    ///< For logs and the child's messages: "itm_… clip.mp4".
    UniqueFd descriptor;                 ///< A local file, handed to the child as it is…
    std::unique_ptr<ByteSource> reader;  ///< … or ranged reads that the host serves. Exactly one is set.
    std::uint64_t size_bytes = 0;
    std::vector<JobProcess> processes;
    std::vector<std::string> media_types;  ///< What its bucket takes, as a process's.
};

struct JobArtifact {
    std::string name;
    std::string media_type;
    std::string bytes;
    bool sealed = false;
};

/// How one process of the group ended.
struct JobOutcome {
    ProcessId id;
    std::string media_type;    ///< By content, when the child could tell.
    std::string model_digest;  ///< Of the models the processor used; "" when it uses none.
    /// The document as JSON text, or why there is none.
    Result<std::string> document;
    std::vector<JobArtifact> artifacts;
    bool crashed = false;  ///< The child died or passed a limit while this process had not ended.
    bool left = false;     ///< As LeaveJob asked.
};

/// Where a process went on.
struct Resumed {
    std::int64_t position_ms = 0;      ///< From there on its work is new.
    std::int64_t decoded_from_ms = 0;  ///< And was decoded again from there on.
};

/// Told about a running job, on the thread that called Run.
struct JobObserver {
    std::function<void(const ProcessId&, double done)> progress;  ///< 0 … 1, at most ten times a second.
    std::function<void(JobOutcome)> outcome;                      ///< Once for each process of the job.
    std::function<void(std::int64_t duration_ms)>
        media;  ///< How long the media plays, before it is decoded; 0: its header does not say.
    std::function<void(const ProcessId&, const Resumed&)> resumed;
    std::function<void(const ProcessId&, CheckpointStep)> checkpoint;  ///< One is there.
};

/// Bounds of one child. A job that passes one is stopped and its unfinished processes count as crashed.
struct ChildLimits {
    std::uint64_t resident_bytes = 1536ULL << 20U;            ///< Sampled every 50 ms.
    std::uint64_t data_bytes = 4096ULL << 20U;                ///< RLIMIT_DATA.
    std::chrono::seconds silence = std::chrono::seconds(60);  ///< Without progress, read or result.
    std::chrono::seconds total = std::chrono::hours(12);
    std::chrono::seconds idle = std::chrono::seconds(60);  ///< A warm child leaves after this.
};

struct HostSettings {
    std::filesystem::path program;  ///< notifications-api-processor.
    std::filesystem::path model_folder;
    std::filesystem::path
        library_folder;  ///< Where the child's shared libraries are, if not where the linker looks.
    std::string precision = "f32";  ///< "f32" or "bf16".
    ChildLimits limits;
};

/// Runs jobs in warm children; each running job has one child to itself. Thread-safe: Run may be called by
/// several workers. The destructor ends all children.
class ProcessorHost final {
public:
    explicit ProcessorHost(HostSettings settings);
    ~ProcessorHost();
    ProcessorHost(const ProcessorHost&) = delete;
    ProcessorHost& operator=(const ProcessorHost&) = delete;

    /// Runs the group and returns after every process had its outcome. On `stop` the child is asked to
    /// cancel, killed after 5 s, and the remaining outcomes are kStopped. Cancelling one process:
    /// CancelProcess. An error means that no child could be started (kUnavailable, stage "child", reason
    /// kNoChild; when it died meanwhile with a retry_after of 1 s doubling to 60 s): no process was tried.
    /// When only a child with models cannot be started, that error is the outcome of the processes that need
    /// models, and the others run.
    [[nodiscard]] Result<void> Run(Job job, const JobObserver& observer, const std::stop_token& stop);

    /// Asks the child that runs this process to stop it; its outcome is kCancelled, within 10 s. False when
    /// none does.
    bool CancelProcess(const ProcessId& id);

    /// Asks the child that runs this process to leave its job where it can go on: its processes that have not
    /// ended give a checkpoint, where there is something to keep, and end as kStopped. It goes on until it
    /// comes by such a place; some media has none. False when none runs it.
    bool LeaveJob(const ProcessId& id);

    /// Starts a child for a moment (or asks a warm one) and tells what its sandbox reached.
    [[nodiscard]] Result<SandboxReport> Probe();

    /// How many children were started so far: rises by one for each restart. Thread-safe.
    [[nodiscard]] std::int64_t ChildrenStarted() const;

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace notify
