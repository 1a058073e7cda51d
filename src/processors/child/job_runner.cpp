#include "processors/child/job_runner.hpp"

#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/file_byte_source.hpp"
#include "core/json.hpp"
#include "media/probe.hpp"
#include "processors/child/socket_byte_source.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr auto kProgressInterval = std::chrono::milliseconds(100);

std::string Text(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

struct Asked {
    std::string process;
    std::string processor;
    boost::json::object config;
};

class JobRun {
public:
    JobRun(const boost::json::object& line, Channel& channel, FaceModels* models, const Cancellations& cancellations)
        : job_(Text(line, "job")), channel_(channel), models_(models), cancellations_(cancellations) {
        for (const auto& value : line.at("processes").as_array()) {
            const auto& object = value.as_object();
            asked_.push_back({Text(object, "process"), Text(object, "processor"), object.at("config").as_object()});
        }
    }

    Result<void> All(ByteSource& bytes);
    Result<void> FailAll(const Error& error);

private:
    Result<void> Frames(ByteSource& bytes, std::vector<std::pair<const Asked*, std::unique_ptr<FrameAnalyser>>> analysers);
    Result<void> Whole(ByteSource& bytes, const Asked& asked, WholeItem& processor);
    Result<void> End(const Asked& asked, Result<Output> output);
    void Progress(const Asked& asked, double done);

    std::string job_;
    Channel& channel_;
    FaceModels* models_;
    const Cancellations& cancellations_;
    std::vector<Asked> asked_;
    std::string media_type_;
    std::map<std::string, steady_clock::time_point> told_;
};

void JobRun::Progress(const Asked& asked, double done) {
    auto& last = told_[asked.process];
    const auto now = steady_clock::now();
    if (now - last < kProgressInterval) {
        return;
    }
    last = now;
    // a parent that is gone is noticed by the next result
    static_cast<void>(channel_.Say(
        {{"type", "progress"}, {"job", job_}, {"process", asked.process}, {"done", std::round(done * 1000) / 1000}}
    ));
}

Result<void> JobRun::End(const Asked& asked, Result<Output> output) {
    boost::json::object line{{"type", "result"}, {"job", job_}, {"process", asked.process}, {"media_type", media_type_}};
    if (!output) {
        line["type"] = "failed";
        line["error"] = ErrorToJson(output.error());
        return channel_.Say(line);
    }
    output->artifacts.push_back({"document", "application/json", ToJsonText(output->document), false});
    boost::json::array names;
    for (const auto& artifact : output->artifacts) {
        names.emplace_back(artifact.name);
        if (auto sent = channel_.SendBlob(asked.process, artifact); !sent) {
            return sent;
        }
    }
    line["model_digest"] = NeedsModels(asked.processor) && models_ != nullptr ? models_->model_digest : std::string();
    line["blobs"] = std::move(names);
    return channel_.Say(line);
}

Result<void> JobRun::FailAll(const Error& error) {
    for (const auto& asked : asked_) {
        if (auto said = End(asked, Unexpected(error)); !said) {
            return said;
        }
    }
    return channel_.Say({{"type", "done"}, {"job", job_}});
}

Result<void> JobRun::Frames(
    ByteSource& bytes, std::vector<std::pair<const Asked*, std::unique_ptr<FrameAnalyser>>> analysers
) {
    std::vector<Subscription> subscriptions;
    int threads = 1;
    for (auto& [asked, analyser] : analysers) {
        const auto* wanted = asked->config.if_contains("decode_threads");
        threads = std::max(threads, wanted != nullptr && wanted->is_int64() ? static_cast<int>(wanted->get_int64()) : 1);
        subscriptions.push_back({analyser->FramesWanted(), [this, asked = asked, &analyser = analyser](const FrameView& frame) -> Result<void> {
                                     if (cancellations_.IsCancelled(asked->process)) {
                                         return Fail(ErrorCode::kCancelled, "cancelled");
                                     }
                                     return analyser->OnFrame(frame);
                                 }});
    }
    DecodeOptions options{.threads = threads};
    options.progress = [&](std::int64_t done, std::int64_t total) {
        for (const auto& [asked, analyser] : analysers) {
            Progress(*asked, total > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(total)) : 0);
        }
    };
    auto decoded = Decode(bytes, subscriptions, options, cancellations_.Job());
    for (std::size_t i = 0; i < analysers.size(); ++i) {
        auto& [asked, analyser] = analysers[i];
        Result<Output> output = Fail(ErrorCode::kInternal, "no output");
        if (!decoded) {
            output = Unexpected(decoded.error());
        } else if (!decoded->subscriptions[i]) {
            output = Unexpected(decoded->subscriptions[i].error());
        } else {
            output = analyser->Finish(decoded->summary);
        }
        if (!output && output.error().code == ErrorCode::kStopped) {
            output = Fail(ErrorCode::kCancelled, "cancelled");
        }
        if (auto said = End(*asked, std::move(output)); !said) {
            return said;
        }
    }
    return {};
}

Result<void> JobRun::Whole(ByteSource& bytes, const Asked& asked, WholeItem& processor) {
    std::stop_source stop;
    const RunContext context{
        .stop = stop.get_token(),
        .progress =
            [&](double done) {
                if (cancellations_.IsCancelled(asked.process)) {
                    stop.request_stop();
                }
                Progress(asked, done);
            },
    };
    return End(asked, processor.Run(bytes, context));
}

Result<void> JobRun::All(ByteSource& bytes) {
    const auto info = Probe(bytes, {}, cancellations_.Job());
    media_type_ = info ? info->media_type : bytes.Size() == 0 ? "application/x-empty" : "application/octet-stream";
    std::vector<std::pair<const Asked*, std::unique_ptr<FrameAnalyser>>> analysers;
    std::vector<std::pair<const Asked*, std::unique_ptr<WholeItem>>> wholes;
    for (const auto& asked : asked_) {
        auto made = MakeProcessor(asked.processor, asked.config, models_);
        if (!made) {
            if (auto said = End(asked, Unexpected(made.error())); !said) {
                return said;
            }
        } else if (auto* analyser = std::get_if<std::unique_ptr<FrameAnalyser>>(&*made)) {
            analysers.emplace_back(&asked, std::move(*analyser));
        } else {
            wholes.emplace_back(&asked, std::move(std::get<std::unique_ptr<WholeItem>>(*made)));
        }
    }
    for (auto& [asked, processor] : wholes) {
        if (auto said = Whole(bytes, *asked, *processor); !said) {
            return said;
        }
    }
    if (!analysers.empty()) {
        if (auto said = Frames(bytes, std::move(analysers)); !said) {
            return said;
        }
    }
    return channel_.Say({{"type", "done"}, {"job", job_}});
}

}  // namespace

void Cancellations::Request(const std::string& process) {
    const std::scoped_lock lock(mutex_);
    if (process.empty()) {
        job_.request_stop();
    } else {
        processes_.insert(process);
    }
}

void Cancellations::Clear() {
    const std::scoped_lock lock(mutex_);
    processes_.clear();
    job_ = std::stop_source();
}

bool Cancellations::IsCancelled(const std::string& process) const {
    const std::scoped_lock lock(mutex_);
    return job_.stop_requested() || processes_.contains(process);
}

std::stop_token Cancellations::Job() const {
    const std::scoped_lock lock(mutex_);
    return job_.get_token();
}

Result<void> RunJob(
    const boost::json::object& line, Channel& channel, FaceModels* models, const Cancellations& cancellations
) {
    JobRun run(line, channel, models, cancellations);
    const auto* by_descriptor = line.if_contains("descriptor");
    if (by_descriptor != nullptr && by_descriptor->is_bool() && by_descriptor->get_bool()) {
        auto fd = channel.ReceiveDescriptor();
        if (!fd) {
            return Unexpected(fd.error());
        }
        auto bytes = FileByteSource::Make(std::move(*fd));
        return bytes ? run.All(*bytes) : run.FailAll(bytes.error());
    }
    const auto* size = line.if_contains("size");
    SocketByteSource bytes(channel, size != nullptr && size->is_number() ? size->to_number<std::uint64_t>() : 0);
    return run.All(bytes);
}

}  // namespace notify
