// JobRun: the processes that look at frames, how they are left and gone on with.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "media/decode.hpp"
#include "media/probe.hpp"
#include "processors/child/channel.hpp"
#include "processors/child/job_run.hpp"
#include "processors/child/job_runner.hpp"
#include "processors/child/saved_work.hpp"
#include "processors/kind.hpp"
#include "processors/processor.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

/// Less than that is done again sooner than it is kept.
constexpr std::int64_t kWorthKeepingMs = 60'000;

Unexpected Left() {
    return Fail(ErrorCode::kStopped, "left to go on later");
}

}  // namespace

Result<void> JobRun::ReceiveCheckpoints() {
    for (const auto& asked : job_.processes) {
        if (asked.checkpoint.empty()) {
            continue;
        }
        auto fd = channel_.ReceiveDescriptor();
        if (!fd) {
            return Unexpected(fd.error());
        }
        if (auto pieces = ReadPieces(std::move(*fd), asked.checkpoint)) {
            checkpoints_[asked.process] = std::move(*pieces);
        }
    }
    return {};
}

/// What a checkpoint of the process must be of.
SavedWork JobRun::WorkOf(const ProcessRequest& asked) {
    const auto kind = FindProcessorKind(asked.processor);
    return {
        .processor_version = kind ? std::string((*kind)->version) : "",
        .model_digest = digests_[asked.process],
        .item_bytes = job_.size_bytes,
        .decode = {},
        .analyser = {},
    };
}

/// Another analyser for the same process; it was made before, so it can be.
std::unique_ptr<FrameAnalyser> JobRun::Fresh(const ProcessRequest& asked, const Result<MediaInfo>& info) {
    auto made = Make(asked, info);
    return made ? std::move(std::get<std::unique_ptr<FrameAnalyser>>(*made)) : nullptr;
}

/// Has it go on with its checkpoint, when that is of this work and sound.
void JobRun::Restore(FrameProcess& process, const Result<MediaInfo>& info) {
    const auto handed = checkpoints_.find(process.asked->process);
    if (handed == checkpoints_.end() || handed->second.empty()) {
        return;
    }
    const auto pieces = std::exchange(handed->second, {});
    const auto ended = std::span(pieces).subspan(1);
    auto work = ReadSavedWork(pieces.front());
    if (!work || !work->IsOfTheSameAs(WorkOf(*process.asked))) {
        Log(LogLevel::kInfo, "a checkpoint is of other work", {{"process", process.asked->process}});
        return;
    }
    if (const auto restored = process.analyser->Restore(ended, work->analyser); !restored) {
        Log(LogLevel::kWarn, "a checkpoint is not sound", {{"process", process.asked->process}});
        process.analyser = Fresh(*process.asked, info);
        return;
    }
    process.goes_on_at = std::move(work->decode);
    process.ended_parts = ended.size();
    for (const auto& part : ended) {
        process.ended_bytes += part.size();
    }
}

Result<void> JobRun::Frames(
    ByteSource& bytes, std::vector<FrameProcess> group, const Result<MediaInfo>& info
) {
    const auto duration_ms = info ? std::max<std::int64_t>(info->duration_ms, 0) : 0;
    if (auto said = channel_.Say(MediaNotice{.job = job_.job, .duration_ms = duration_ms}); !said) {
        return said;
    }
    for (auto& process : group) {
        Restore(process, info);
    }
    const auto decoded = DecodeOrBeginAnew(bytes, group, info);
    if (!decoded && decoded.error().code == ErrorCode::kStopped && cancellations_.LeaveIsAsked()) {
        return {};  // what has not ended is left
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
        auto& process = group[i];
        const auto ended = decoded ? decoded->subscriptions[i] : Unexpected(decoded.error());
        if (!ended && ended.error().code == ErrorCode::kStopped && cancellations_.LeaveIsAsked()) {
            continue;
        }
        auto output = ended ? process.analyser->Finish(decoded->summary) : Unexpected(ended.error());
        if (auto said = End(*process.asked, std::move(output)); !said) {
            return said;
        }
    }
    return {};
}

/// What leads nowhere is begun anew.
Result<DecodeOutcome> JobRun::DecodeOrBeginAnew(
    ByteSource& bytes, std::vector<FrameProcess>& group, const Result<MediaInfo>& info
) {
    auto decoded = DecodeFor(bytes, group);
    const bool resumes =
        std::ranges::any_of(group, [](const auto& each) { return !each.goes_on_at.empty(); });
    const bool in_vain = !decoded && (decoded.error().reason == kNoWayOn ||
                                      decoded.error().code == ErrorCode::kInvalidArgument);
    if (!resumes || !in_vain) {
        return decoded;
    }
    Log(LogLevel::kWarn, "a checkpoint leads nowhere", {{"error", decoded.error().message}});
    for (auto& process : group) {
        process = {.asked = process.asked, .analyser = Fresh(*process.asked, info)};
    }
    return DecodeFor(bytes, group);
}

Result<DecodeOutcome> JobRun::DecodeFor(ByteSource& bytes, std::vector<FrameProcess>& group) {
    std::vector<Subscription> subscriptions;
    DecodeOptions options;
    for (auto& process : group) {
        const auto* wanted = process.asked->config.if_contains("decode_threads");
        options.threads = std::max(
            options.threads,
            wanted != nullptr && wanted->is_int64() ? static_cast<int>(wanted->get_int64()) : 1
        );
        subscriptions.push_back({
            .wants = process.analyser->FramesWanted(),
            .on_frame = [this, &process](const FrameView& frame) { return Look(process, frame); },
            .goes_on_at = process.goes_on_at,
            .on_resumed =
                [this, &process](std::int64_t position_ms, std::int64_t from_ms) {
                    process.position_ms = position_ms;
                    // a parent that is gone is noticed by the next result
                    static_cast<void>(channel_.Say(
                        ResumedNotice{
                            .job = job_.job,
                            .process = process.asked->process,
                            .position_ms = position_ms,
                            .decoded_from_ms = from_ms
                        }
                    ));
                },
        });
    }
    options.progress = [&](std::int64_t done, std::int64_t total) {
        EndCancelled();
        for (const auto& process : group) {
            const auto at = static_cast<double>(std::max(done, process.position_ms));
            Progress(*process.asked, total > 0 ? at / static_cast<double>(total) : 0);
        }
    };
    next_checkpoint_ms_ = 0;
    options.may_leave = [&](const LeavePoint& point) { return MayLeave(point, group); };
    return Decode(bytes, subscriptions, options, cancellations_.Job());
}

Result<void> JobRun::Look(FrameProcess& process, const FrameView& frame) {
    if (cancellations_.Of(process.asked->process).stop_requested()) {
        return Cancelled();
    }
    const bool begins = process.goes_on_at.empty() && frame.pts_ms < kWorthKeepingMs;
    if (begins && cancellations_.LeaveIsAsked()) {
        return Left();
    }
    auto looked = process.analyser->OnFrame(frame);
    process.failed = !looked;
    return looked;
}

Result<void> JobRun::MayLeave(const LeavePoint& point, std::vector<FrameProcess>& group) {
    const auto now_ms = point.PositionMs();
    if (next_checkpoint_ms_ == 0) {
        next_checkpoint_ms_ = now_ms - now_ms % kCheckpointMs + kCheckpointMs;
    }
    const bool leaves = cancellations_.LeaveIsAsked();
    if (!leaves && now_ms < next_checkpoint_ms_) {
        return {};
    }
    next_checkpoint_ms_ = now_ms - now_ms % kCheckpointMs + kCheckpointMs;
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (group[i].failed || ended_.contains(group[i].asked->process)) {
            continue;
        }
        if (auto given = GiveCheckpoint(point, i, group[i]); !given) {
            return given;
        }
    }
    return leaves ? Left() : Result<void>{};
}

Result<void> JobRun::GiveCheckpoint(const LeavePoint& point, std::size_t index, FrameProcess& process) {
    auto state = process.analyser->Save();
    if (!state) {
        return {};
    }
    auto work = WorkOf(*process.asked);
    work.decode = point.Save(index);
    work.analyser = std::move(state->open);
    auto open = ToBytes(work);
    process.ended_bytes += state->ended.size();
    if (process.ended_bytes + open.size() > kMaxCheckpointBytes ||
        process.ended_parts == kMaxCheckpointParts) {
        process.ended_bytes = kMaxCheckpointBytes;  // what is not given now would be missed in later ones
        return {};
    }
    const auto number = ++checkpoints_given_;
    CheckpointNotice notice{
        .job = job_.job,
        .process = process.asked->process,
        .position_ms = point.PositionMs(),
        .ended_before = process.ended_parts,
        .open = fmt::format("checkpoint-{}-open", number),
        .ended = state->ended.empty() ? "" : fmt::format("checkpoint-{}-ended", number),
    };
    const auto send = [&](const std::string& name, std::string bytes) {
        return channel_.SendBlob(
            process.asked->process,
            {.name = name,
             .media_type = "application/octet-stream",
             .bytes = std::move(bytes),
             .sealed = true}
        );
    };
    auto sent = send(notice.open, std::move(open));
    if (sent && !state->ended.empty()) {
        ++process.ended_parts;
        sent = send(notice.ended, std::move(state->ended));
    }
    return sent.and_then([&] { return channel_.Say(notice); });
}

/// What was to be left, and had not ended by itself.
Result<void> JobRun::LeaveRest() {
    for (const auto& asked : job_.processes) {
        if (!ended_.insert(asked.process).second) {
            continue;
        }
        if (auto said = channel_.Say(LeftNotice{.job = job_.job, .process = asked.process}); !said) {
            return said;
        }
    }
    return {};
}

}  // namespace notify
