// JobSession: work that is left, and gone on with.

#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include <sys/mman.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "processors/host/host.hpp"
#include "processors/host/job_session.hpp"
#include "processors/protocol/descriptor_io.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

/// The pieces of a checkpoint one after the other, in memory; not open when there is none.
UniqueFd InMemory(const Checkpoint& checkpoint) {
    UniqueFd memory(::memfd_create("checkpoint", MFD_CLOEXEC));
    bool written = memory.IsOpen() && WriteAll(memory.Get(), checkpoint.open.data(), checkpoint.open.size());
    for (const auto& part : checkpoint.ended) {
        written = written && WriteAll(memory.Get(), part.data(), part.size());
    }
    return written ? std::move(memory) : UniqueFd();
}

}  // namespace

void JobSession::Leave() {
    {
        const std::scoped_lock lock(mutex_);
        to_leave_ = true;
    }
    Wake();
}

/// In the order of the processes in the job's line, which the child knows.
void JobSession::SendCheckpoints() {
    for (const auto& asked : request_.processes) {
        for (auto& process : job_.processes) {
            if (asked.checkpoint.empty() || process.id.Value() != asked.process) {
                continue;
            }
            const auto memory = InMemory(std::exchange(process.checkpoint, {}));
            if (!memory.IsOpen() || !child_->Streams().SendDescriptor(memory)) {
                Break("it does not take a checkpoint");
            }
        }
    }
}

void JobSession::PassOnLeave() {
    const std::scoped_lock lock(mutex_);
    if (to_leave_ && !std::exchange(leaves_, true)) {
        child_->Streams().SendLine(ToLine(ParentMessage(LeaveRequest{.job = request_.job})));
    }
}

void JobSession::Take(const MediaNotice& media) {
    if (media.job != request_.job) {
        Break("it tells of the media of another job");
        return;
    }
    if (observer_.media) {
        observer_.media(media.duration_ms);
    }
}

void JobSession::Take(const ResumedNotice& resumed) {
    const auto* open = Find(resumed.job, resumed.process);
    if (open == nullptr) {
        Break("it goes on with a process that does not run");
        return;
    }
    Log(LogLevel::kInfo,
        "work goes on where it was left",
        {{"process", resumed.process},
         {"position_ms", resumed.position_ms},
         {"decoded_from_ms", resumed.decoded_from_ms}});
    if (observer_.resumed) {
        observer_.resumed(
            open->id, {.position_ms = resumed.position_ms, .decoded_from_ms = resumed.decoded_from_ms}
        );
    }
}

void JobSession::Take(const CheckpointNotice& checkpoint) {
    const auto* open = Find(checkpoint.job, checkpoint.process);
    if (open == nullptr) {
        Break("it gives a checkpoint of a process that does not run");
        return;
    }
    CheckpointStep step{
        .position_ms = checkpoint.position_ms,
        .open = {},
        .ended_before = checkpoint.ended_before,
        .ended = {}
    };
    auto bytes = blobs_.TakeOne(checkpoint.process, checkpoint.open);
    auto ended = checkpoint.ended.empty() ? Result<std::string>("")
                                          : blobs_.TakeOne(checkpoint.process, checkpoint.ended);
    if (!bytes || !ended) {
        Break(bytes ? ended.error().message : bytes.error().message);
        return;
    }
    step.open = *std::move(bytes);
    if (!ended->empty()) {
        step.ended.push_back(*std::move(ended));
    }
    if (observer_.checkpoint) {
        observer_.checkpoint(open->id, std::move(step));
    }
    watch_->SignOfLife(std::chrono::steady_clock::now());  // the observer took its time to write it
}

void JobSession::Take(const LeftNotice& left) {
    auto* open = Find(left.job, left.process);
    if (open == nullptr || !leaves_) {
        Break("it leaves a process without being asked");
        return;
    }
    blobs_.Drop(left.process);
    End(*open,
        {.id = open->id,
         .media_type = {},
         .model_digest = {},
         .document = Fail(ErrorCode::kStopped, "it was left to go on later"),
         .artifacts = {},
         .crashed = false,
         .left = true});
}

}  // namespace notify
