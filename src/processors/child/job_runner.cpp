#include "processors/child/job_runner.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/file_byte_source.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/rule.hpp"
#include "media/document_type.hpp"
#include "media/probe.hpp"
#include "media/signature.hpp"
#include "processors/child/channel.hpp"
#include "processors/child/job_run.hpp"
#include "processors/child/registry.hpp"
#include "processors/child/socket_byte_source.hpp"
#include "processors/kind.hpp"
#include "processors/processor.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr auto kProgressInterval = std::chrono::milliseconds(100);

Error Unfit(std::string reason, const std::string& media_type) {
    return {
        .code = ErrorCode::kUnsupported,
        .stage = "probe",
        .reason = std::move(reason),
        .retry_after = {},
        .message = "the item is " + media_type + " and has nothing for this processor to look at",
    };
}

/// True for an error that says something of the bytes, and not of getting at them.
bool IsOfTheBytes(const Error& error) {
    return error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kTooLarge ||
           error.code == ErrorCode::kInvalidArgument;
}

/// `who`: its rule or its bucket.
Error NotTaken(std::string_view who, const std::vector<std::string>& taken, const std::string& media_type) {
    return {
        .code = ErrorCode::kUnsupported,
        .stage = "probe",
        .reason = std::string(kNoRule),
        .retry_after = {},
        .message = fmt::format("the item is {}; its {} takes {}", media_type, who, fmt::join(taken, ", ")),
    };
}

/// kTooLarge for what the service would not take: said, it costs one decode and not a child.
Result<void> CheckSize(const Output& output, std::uint64_t document_bytes) {
    auto bytes = document_bytes;
    for (const auto& artifact : output.artifacts) {
        bytes += artifact.bytes.size();
    }
    if (document_bytes <= kMaxDocumentBytes && bytes <= kMaxBlobBytesOfProcess &&
        output.artifacts.size() < kMaxBlobsOfProcess) {
        return {};
    }
    return Unexpected(
        Error{
            .code = ErrorCode::kTooLarge,
            .stage = "result",
            .reason = "result_too_large",
            .retry_after = {},
            .message = fmt::format(
                "the result has a document of {} MiB and {} MiB in {} artifacts, more than a result may have",
                document_bytes >> 20U,
                (bytes - document_bytes) >> 20U,
                output.artifacts.size()
            ),
        }
    );
}

}  // namespace

Unexpected Cancelled() {
    return Fail(ErrorCode::kCancelled, "cancelled");
}

void JobRun::Progress(const ProcessRequest& asked, double done) {
    auto& last = told_[asked.process];
    const auto now = steady_clock::now();
    if (ended_.contains(asked.process) || now - last < kProgressInterval) {
        return;
    }
    last = now;
    // a parent that is gone is noticed by the next result
    static_cast<void>(channel_.Say(
        ProgressNotice{
            .job = job_.job,
            .process = asked.process,
            .done = std::round(std::clamp(done, 0.0, 1.0) * 1000) / 1000
        }
    ));
}

/// What was cancelled ends while others of its group go on, however long they do.
void JobRun::EndCancelled() {
    for (const auto& asked : job_.processes) {
        if (!ended_.contains(asked.process) && cancellations_.Of(asked.process).stop_requested()) {
            static_cast<void>(End(asked, Cancelled()));  // as in Progress
        }
    }
}

/// The first outcome of a process counts.
Result<void> JobRun::End(const ProcessRequest& asked, Result<Output> output) {
    if (!ended_.insert(asked.process).second) {
        return {};
    }
    if (!output && cancellations_.Of(asked.process).stop_requested()) {
        output = Cancelled();  // whatever the stopped work made of it
    }
    std::string document;
    if (output) {
        document = ToJsonText(output->document);
        if (auto fits = CheckSize(*output, document.size()); !fits) {
            output = Unexpected(fits.error());
        }
    }
    if (!output) {
        return channel_.Say(
            FailedNotice{
                .job = job_.job, .process = asked.process, .media_type = media_type_, .error = output.error()
            }
        );
    }
    ResultNotice result{.job = job_.job, .process = asked.process, .media_type = media_type_};
    result.model_digest = digests_[asked.process];
    output->artifacts.push_back(
        {.name = "document", .media_type = "application/json", .bytes = std::move(document)}
    );
    for (const auto& artifact : output->artifacts) {
        result.blobs.push_back(artifact.name);
        if (auto sent = channel_.SendBlob(asked.process, artifact); !sent) {
            return sent;
        }
    }
    return channel_.Say(result);
}

Result<void> JobRun::FailAll(const Error& error) {
    for (const auto& asked : job_.processes) {
        if (auto said = End(asked, Unexpected(error)); !said) {
            return said;
        }
    }
    return channel_.Say(DoneNotice{.job = job_.job});
}

Result<void> JobRun::Whole(ByteSource& bytes, const ProcessRequest& asked, WholeItem& processor) {
    const RunContext context{
        .stop = cancellations_.Of(asked.process),
        .progress =
            [&](double done) {
                EndCancelled();
                Progress(asked, done);
            },
        .media_type = media_type_,
    };
    return End(asked, context.stop.stop_requested() ? Cancelled() : processor.Run(bytes, context));
}

/// That bucket and rules take the item's type. Bytes that could not be read have none, and what ends as
/// "not_media" is of a type that nobody knows: a bucket takes that, a rule for other types does not.
Result<void> JobRun::CheckType(const ProcessRequest& asked, const Result<MediaInfo>& info) const {
    const bool is_known = info || media_type_ != kUnknownDocumentType;
    const bool filtered = !job_.media_types.empty() || !asked.media_types.empty();
    if (filtered && !info && !IsOfTheBytes(info.error())) {
        return Unexpected(info.error());
    }
    if (is_known && !TakesMediaType(job_.media_types, media_type_)) {
        return Unexpected(NotTaken("bucket", job_.media_types, media_type_));
    }
    if (!is_known && !asked.media_types.empty() && info.error().reason != "not_media") {
        return Unexpected(info.error());
    }
    return TakesMediaType(asked.media_types, media_type_)
               ? Result<void>{}
               : Unexpected(NotTaken("rule", asked.media_types, media_type_));
}

/// The processor, or why it has nothing to do with this item.
Result<AnyProcessor> JobRun::Make(const ProcessRequest& asked, const Result<MediaInfo>& info) {
    const auto found = FindProcessor(equipment_.processors, asked.processor);
    if (!found) {
        return Unexpected(found.error());
    }
    const auto& kind = *(*found)->kind;
    if (kind.needs_models && equipment_.models == nullptr) {
        return Fail(ErrorCode::kInternal, "this child was started without models");
    }
    auto made = (*found)->make(asked.config, equipment_.models);
    if (const auto taken = made ? CheckType(asked, info) : Result<void>{}; !taken) {
        return Unexpected(taken.error());
    }
    if (!made || Accepts(kind, {})) {
        return made;  // whoever takes everything also takes what is no media
    }
    if (!info) {
        const bool whole = std::holds_alternative<std::unique_ptr<WholeItem>>(*made);
        return whole && Accepts(kind, media_type_) ? std::move(made) : Unexpected(info.error());
    }
    if (std::holds_alternative<std::unique_ptr<FrameAnalyser>>(*made) && !info->video) {
        return Unexpected(Unfit("no_video", media_type_));
    }
    if (!Accepts(kind, media_type_)) {
        return Unexpected(Unfit("unsupported_media", media_type_));
    }
    if (kind.needs_models) {
        digests_[asked.process] = equipment_.models->model_digest;
    }
    return made;
}

Result<void> JobRun::All(ByteSource& bytes) {
    const auto info = Probe(bytes, {}, cancellations_.Job());
    media_type_ =
        info ? info->media_type : TypeOfDocument(ReadStart(bytes, kDocumentStartBytes).value_or(""));
    std::vector<FrameProcess> analysers;
    for (const auto& asked : job_.processes) {
        auto made = Make(asked, info);
        if (!made) {
            if (auto said = End(asked, Unexpected(made.error())); !said) {
                return said;
            }
        } else if (auto* whole = std::get_if<std::unique_ptr<WholeItem>>(&*made)) {
            wholes_.emplace_back(&asked, std::move(*whole));
        } else {
            analysers.push_back(
                {.asked = &asked, .analyser = std::move(std::get<std::unique_ptr<FrameAnalyser>>(*made))}
            );
        }
    }
    if (!analysers.empty()) {
        if (auto said = Frames(bytes, std::move(analysers), info); !said) {
            return said;
        }
    }
    for (auto& [asked, processor] : wholes_) {
        if (cancellations_.LeaveIsAsked()) {
            break;
        }
        if (auto said = Whole(bytes, *asked, *processor); !said) {
            return said;
        }
    }
    return LeaveRest().and_then([&] { return channel_.Say(DoneNotice{.job = job_.job}); });
}

void Cancellations::Request(const std::string& process) {
    const std::scoped_lock lock(mutex_);
    if (process.empty()) {
        job_.request_stop();
        for (auto& [id, stop] : processes_) {
            stop.request_stop();
        }
    } else {
        processes_[process].request_stop();
    }
}

void Cancellations::AskToLeave() {
    leave_ = true;
}

bool Cancellations::LeaveIsAsked() const {
    return leave_;
}

void Cancellations::Clear() {
    const std::scoped_lock lock(mutex_);
    leave_ = false;
    processes_.clear();
    job_ = std::stop_source();
}

std::stop_token Cancellations::Of(const std::string& process) {
    const std::scoped_lock lock(mutex_);
    auto& stop = processes_[process];  // NOLINT(misc-const-correctness): a stop is asked of it
    if (job_.stop_requested()) {
        stop.request_stop();
    }
    return stop.get_token();
}

std::stop_token Cancellations::Job() const {
    const std::scoped_lock lock(mutex_);
    return job_.get_token();
}

Result<void> RunJob(
    const JobRequest& job, Channel& channel, const Equipment& equipment, Cancellations& cancellations
) {
    JobRun run(job, channel, equipment, cancellations);
    if (job.descriptor) {
        auto fd = channel.ReceiveDescriptor();
        if (!fd) {
            return Unexpected(fd.error());
        }
        auto bytes = FileByteSource::Make(std::move(*fd));
        if (auto received = run.ReceiveCheckpoints(); !received) {
            return received;
        }
        return bytes ? run.All(*bytes) : run.FailAll(bytes.error());
    }
    if (auto received = run.ReceiveCheckpoints(); !received) {
        return received;
    }
    SocketByteSource bytes(channel, job.size_bytes);
    return run.All(bytes);
}

}  // namespace notify
