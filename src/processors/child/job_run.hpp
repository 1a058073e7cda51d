#pragma once

// One job as it runs in a child.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/byte_source.hpp"
#include "core/result.hpp"
#include "media/decode.hpp"
#include "media/probe.hpp"
#include "processors/child/channel.hpp"
#include "processors/child/job_runner.hpp"
#include "processors/child/registry.hpp"
#include "processors/child/saved_work.hpp"
#include "processors/processor.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

/// Media time between two checkpoints: what a kill costs at most, beside the way back to the place.
inline constexpr std::int64_t kCheckpointMs = std::int64_t{10} * 60'000;

[[nodiscard]] Unexpected Cancelled();

/// A process that looks at the job's frames.
struct FrameProcess {
    const ProcessRequest* asked = nullptr;
    std::unique_ptr<FrameAnalyser> analyser;
    std::string goes_on_at;         ///< Place in the decode; empty when it begins with the first frame.
    std::int64_t position_ms = 0;   ///< Of that place.
    std::size_t ended_parts = 0;    ///< Of its checkpoints, that the parent has.
    std::uint64_t ended_bytes = 0;  ///< In these.
    bool failed = false;
};

/// Used by one thread, once. What it is made with outlives it.
class JobRun final {
public:
    JobRun(const JobRequest& job, Channel& channel, const Equipment& equipment, Cancellations& cancellations)
        : job_(job), channel_(channel), equipment_(equipment), cancellations_(cancellations) {}

    /// Takes the descriptors that follow the job's line and the item's own. An error when the parent is gone.
    [[nodiscard]] Result<void> ReceiveCheckpoints();

    /// Runs the processes on these bytes; errors only when the parent is gone.
    [[nodiscard]] Result<void> All(ByteSource& bytes);

    /// Ends all of them with this error.
    [[nodiscard]] Result<void> FailAll(const Error& error);

private:
    [[nodiscard]] Result<void> Frames(
        ByteSource& bytes, std::vector<FrameProcess> group, const Result<MediaInfo>& info
    );
    [[nodiscard]] Result<DecodeOutcome> DecodeFor(ByteSource& bytes, std::vector<FrameProcess>& group);
    [[nodiscard]] Result<DecodeOutcome> DecodeOrBeginAnew(
        ByteSource& bytes, std::vector<FrameProcess>& group, const Result<MediaInfo>& info
    );
    void Restore(FrameProcess& process, const Result<MediaInfo>& info);
    [[nodiscard]] std::unique_ptr<FrameAnalyser> Fresh(
        const ProcessRequest& asked, const Result<MediaInfo>& info
    );
    [[nodiscard]] Result<void> Look(FrameProcess& process, const FrameView& frame);
    [[nodiscard]] Result<void> MayLeave(const LeavePoint& point, std::vector<FrameProcess>& group);
    [[nodiscard]] Result<void> GiveCheckpoint(
        const LeavePoint& point, std::size_t index, FrameProcess& process
    );
    [[nodiscard]] SavedWork WorkOf(const ProcessRequest& asked);
    [[nodiscard]] Result<void> LeaveRest();
    [[nodiscard]] Result<void> Whole(ByteSource& bytes, const ProcessRequest& asked, WholeItem& processor);
    [[nodiscard]] Result<void> End(const ProcessRequest& asked, Result<Output> output);
    void EndCancelled();
    [[nodiscard]] Result<void> CheckType(const ProcessRequest& asked, const Result<MediaInfo>& info) const;
    [[nodiscard]] Result<AnyProcessor> Make(const ProcessRequest& asked, const Result<MediaInfo>& info);
    void Progress(const ProcessRequest& asked, double done);

    const JobRequest& job_;
    Channel& channel_;
    const Equipment& equipment_;
    Cancellations& cancellations_;
    std::vector<std::pair<const ProcessRequest*, std::unique_ptr<WholeItem>>> wholes_;
    std::string media_type_;
    std::map<std::string, std::string> digests_;  ///< Of the models that a process uses.
    std::map<std::string, std::chrono::steady_clock::time_point> told_;
    std::set<std::string> ended_;
    std::map<std::string, std::vector<std::string>> checkpoints_;  ///< Pieces that were handed over.
    std::int64_t next_checkpoint_ms_ = 0;
    int checkpoints_given_ = 0;
};

}  // namespace notify
