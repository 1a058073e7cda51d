#include "processors/host/job_session.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "processors/host/child_end.hpp"
#include "processors/host/child_process.hpp"
#include "processors/host/child_streams.hpp"
#include "processors/host/host.hpp"
#include "processors/host/process_error.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds kTick(50);
constexpr milliseconds kProgressInterval(90);  // a child sends every 100 ms, and clocks differ
constexpr seconds kStopTime(5);
constexpr seconds kCancelTime(8);

std::set<std::string, std::less<>> IdsOf(const Job& job) {
    std::set<std::string, std::less<>> ids;
    for (const auto& process : job.processes) {
        ids.insert(process.id.Value());
    }
    return ids;
}

}  // namespace

JobSession::JobSession(Job job, JobRequest request, const JobObserver& observer, const ChildLimits& limits)
    : job_(std::move(job)),
      request_(std::move(request)),
      observer_(observer),
      limits_(limits),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      blobs_(IdsOf(job_)) {
    for (const auto& process : job_.processes) {
        open_.push_back({.id = process.id, .ended = false, .cancelled = {}, .last_progress = {}});
    }
}

JobSession::~JobSession() = default;

void JobSession::LeaveOut(const std::vector<ProcessId>& ids, const Error& why) {
    for (const auto& id : ids) {
        if (auto* open = Find(request_.job, id.Value())) {
            End(*open, {.id = id, .document = Unexpected(why)});
        }
    }
    std::erase_if(request_.processes, [&](const auto& process) {
        return std::ranges::find(ids, ProcessId(process.process)) != ids.end();
    });
}

bool JobSession::Run(ChildProcess& child, const std::stop_token& stop) {
    child_ = &child;
    Begin();
    const std::stop_callback on_stop(stop, [this] { Wake(); });
    while (!done_ && !end_) {
        Step(stop);
    }
    if (child.Streams().HasUnsentFrames() || (reader_ && reader_->IsBusy())) {
        Break("it asked for bytes that it did not wait for");
    }
    Finish();
    return !end_.has_value();
}

void JobSession::Cancel(const ProcessId& id) {
    {
        const std::scoped_lock lock(mutex_);
        to_cancel_.push_back(id);
    }
    Wake();
}

void JobSession::Wake() const {
    const std::uint64_t one = 1;
    static_cast<void>(::write(wake_.Get(), &one, sizeof(one)));
}

void JobSession::Begin() {
    const auto now = steady_clock::now();
    watch_.emplace(limits_, now);
    next_sample_ = now;
    auto& streams = child_->Streams();
    streams.SendLine(ToLine(ParentMessage(request_)));
    if (request_.descriptor) {
        if (!streams.SendDescriptor(job_.descriptor)) {
            Break("it does not take the item's descriptor");
        }
        job_.descriptor.Reset();
    } else {
        reader_ = std::make_unique<ReadServer>(*job_.reader, wake_.Get());
    }
    SendCheckpoints();
}

/// Lines are read before frames and handled after them: the blobs of a result were sent before its line.
void JobSession::Step(const std::stop_token& stop) {
    child_->Streams().Exchange(kTick, wake_.Get());
    PassOnCancels(stop);
    PassOnLeave();
    AnswerRead();
    TakeFrames();
    TakeLines();
    if (!done_ && !end_) {
        Supervise();
    }
}

void JobSession::PassOnCancels(const std::stop_token& stop) {
    const auto now = steady_clock::now();
    if (stop.stop_requested() && !stopped_) {
        stopped_ = now;
        child_->Streams().SendLine(ToLine(ParentMessage(CancelRequest{.job = request_.job, .process = {}})));
    }
    std::vector<ProcessId> asked;
    {
        const std::scoped_lock lock(mutex_);
        asked.swap(to_cancel_);
    }
    for (const auto& id : asked) {
        auto* open = Find(request_.job, id.Value());
        if (open != nullptr && !open->cancelled) {
            open->cancelled = now;
            child_->Streams().SendLine(
                ToLine(ParentMessage(CancelRequest{.job = request_.job, .process = id.Value()}))
            );
        }
    }
}

void JobSession::AnswerRead() {
    auto answer = reader_ ? reader_->TakeAnswer() : std::nullopt;
    if (!answer) {
        return;
    }
    watch_->SignOfLife(steady_clock::now());  // it waited for us
    std::string payload;
    if (answer->bytes) {
        payload = std::move(*answer->bytes);
    } else {
        read_error_ = answer->bytes.error();
        payload = ToJsonText(ToJson(*read_error_));
    }
    child_->Streams().SendFrame(
        {.id = answer->id,
         .status = answer->bytes ? 0U : 1U,
         .length = static_cast<std::uint32_t>(payload.size())},
        payload
    );
}

void JobSession::TakeFrames() {
    while (!end_ && !(reader_ && reader_->IsBusy())) {
        const auto frame = child_->Streams().NextFrame();
        if (!frame) {
            Break(frame.error().message);
            return;
        }
        if (!*frame) {
            return;
        }
        watch_->SignOfLife(steady_clock::now());
        TakeFrame(**frame);
    }
}

void JobSession::TakeFrame(const ReceivedFrame& frame) {
    if (frame.header.kind == FrameKind::kRead) {
        if (reader_) {
            reader_->Ask(frame.header.id, frame.header.offset, frame.header.length);
        } else {
            Break("it asks for bytes although it has the item's descriptor");
        }
        return;
    }
    if (const auto taken = blobs_.Take(frame.header, frame.payload); !taken) {
        Break(taken.error().message);
    }
}

void JobSession::TakeLines() {
    while (!end_ && !done_) {
        const auto line = child_->Streams().NextLine();
        if (!line) {
            if (child_->Streams().HasOverlongLine()) {
                Break("it sends a line that is longer than any may be");
            }
            return;
        }
        if (!watch_->CountLine(steady_clock::now())) {
            Break("it floods the service with lines");
            return;
        }
        const auto message = ParseChildMessage(*line);
        if (!message) {
            Break(message.error().message);
            return;
        }
        std::visit(
            [this](const auto& each) {
                if constexpr (requires { each.job; }) {
                    Take(each);
                } else {
                    Break("it says twice that it is ready");
                }
            },
            *message
        );
    }
}

void JobSession::Take(const ProgressNotice& progress) {
    auto* open = Find(progress.job, progress.process);
    if (open == nullptr) {
        Break("it reports on a process that does not run");
        return;
    }
    const auto now = steady_clock::now();
    if (observer_.progress && now - open->last_progress >= kProgressInterval) {
        open->last_progress = now;
        observer_.progress(open->id, progress.done);
    }
    watch_->SignOfLife(steady_clock::now());  // the observer may have taken its time
}

void JobSession::Take(const ResultNotice& result) {
    auto* open = Find(result.job, result.process);
    auto collected = open == nullptr
                         ? Fail(ErrorCode::kInvalidArgument, "it has a result of a process that does not run")
                         : blobs_.Collect(result.process, result.blobs);
    if (!collected) {
        Break(collected.error().message);
        return;
    }
    End(*open,
        {.id = open->id,
         .media_type = result.media_type,
         .model_digest = result.model_digest,
         .document = std::move(collected->document),
         .artifacts = std::move(collected->artifacts),
         .crashed = false});
}

void JobSession::Take(const FailedNotice& failed) {
    auto* open = Find(failed.job, failed.process);
    if (open == nullptr) {
        Break("it reports the failure of a process that does not run");
        return;
    }
    blobs_.Drop(failed.process);
    End(*open,
        {.id = open->id,
         .media_type = failed.media_type,
         .model_digest = {},
         .document = Unexpected(TrustedError(failed.error, KnownOf(*open))),
         .artifacts = {},
         .crashed = false});
}

void JobSession::Take(const DoneNotice& done) {
    if (done.job != request_.job || !std::ranges::all_of(open_, &Open::ended)) {
        Break("it says that the job is done, and it is not");
        return;
    }
    done_ = true;
}

void JobSession::Supervise() {
    const auto now = steady_clock::now();
    if (stopped_ && now - *stopped_ > kStopTime) {
        end_ = ChildEnd{.reason = "stopped", .message = "the processor did not stop in time"};
        return;
    }
    for (const auto& open : open_) {
        if (!open.ended && open.cancelled && now - *open.cancelled > kCancelTime) {
            end_ = ChildEnd{
                .reason = std::string(kEndedToCancel),
                .message = "the processor was ended because a cancelled process did not end"
            };
            return;
        }
    }
    if (child_->Streams().IsOver() || !child_->IsAlive()) {
        TakeFrames();  // what it had sent before
        child_->Streams().Exchange(milliseconds(0), -1);
        TakeLines();
        if (!done_ && !end_ && !child_->Streams().NextLine()) {
            end_ = child_->Bury();
        }
        return;
    }
    if (now >= next_sample_) {
        next_sample_ = now + kTick;
        if (reader_ && reader_->IsBusy()) {
            watch_->SignOfLife(now);
        }
        end_ = watch_->Check(now, child_->ResidentBytes());
        if (end_ && end_->reason == "silent" && child_->IsBlocked()) {
            end_ = ChildEnd{
                .reason = std::string(kBlocked),
                .message = "the disk or network folder that the file is on does not answer"
            };
        }
    }
}

/// Outcomes for all that has none.
void JobSession::Finish() {
    if (end_) {
        static_cast<void>(child_->Kill());
        Log(LogLevel::kWarn,
            "processor ended before its job",
            {{"pid", child_->Pid()},
             {"job", request_.name},
             {"reason", end_->reason},
             {"message", end_->message},
             {"log", child_->Streams().LogTail()}});
    }
    for (auto& open : open_) {
        if (!open.ended) {
            auto error = UnfinishedError(*end_, KnownOf(open));
            const bool crashed = error.code == ErrorCode::kInternal;
            End(open,
                {.id = open.id,
                 .media_type = {},
                 .model_digest = {},
                 .document = Unexpected(std::move(error)),
                 .artifacts = {},
                 .crashed = crashed});
        }
    }
}

void JobSession::Break(std::string what) {
    if (!end_) {
        end_ =
            ChildEnd{.reason = "protocol", .message = "the processor broke the protocol: " + std::move(what)};
    }
}

/// The process of that name when it has not ended and the job is ours.
JobSession::Open* JobSession::Find(std::string_view job, std::string_view process) {
    const auto found = std::ranges::find_if(open_, [&](const Open& each) {
        return each.id.Value() == process && !each.ended;
    });
    return job == request_.job && found != open_.end() ? &*found : nullptr;
}

KnownToHost JobSession::KnownOf(const Open& open) const {
    return {
        .is_stopping = stopped_.has_value(),
        .is_cancelled = open.cancelled.has_value(),
        .has_descriptor = request_.descriptor,
        .read_error = read_error_,
    };
}

void JobSession::End(Open& open, JobOutcome outcome) {
    open.ended = true;
    if (observer_.outcome) {
        observer_.outcome(std::move(outcome));
    }
    if (watch_) {
        watch_->SignOfLife(steady_clock::now());
    }
}

}  // namespace notify
