#include "processors/protocol/messages.hpp"

#include <string>
#include <utility>
#include <variant>

#include "core/error.hpp"
#include "core/json.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;

template <class... Visitors>
struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;  // clang before 17 deduces none of an aggregate

std::string Line(const object& message) {
    return ToJsonText(message) + "\n";
}

object JobToJson(const JobRequest& job) {
    array processes;
    for (const auto& each : job.processes) {
        object process{{"process", each.process}, {"processor", each.processor}, {"config", each.config}};
        if (!each.media_types.empty()) {
            process["media_types"] = array(each.media_types.begin(), each.media_types.end());
        }
        if (!each.checkpoint.empty()) {
            process["checkpoint"] = array(each.checkpoint.begin(), each.checkpoint.end());
        }
        processes.push_back(std::move(process));
    }
    object message{
        {"type", "job"},
        {"job", job.job},
        {"name", job.name},
        {"size", job.size_bytes},
        {"descriptor", job.descriptor},
        {"processes", std::move(processes)}
    };
    if (!job.media_types.empty()) {
        message["media_types"] = array(job.media_types.begin(), job.media_types.end());
    }
    return message;
}

object CancelToJson(const CancelRequest& cancel) {
    object message{{"type", "cancel"}, {"job", cancel.job}};
    if (!cancel.process.empty()) {
        message["process"] = cancel.process;
    }
    return message;
}

object ReadyToJson(const ReadyNotice& ready) {
    array processors;
    for (const auto& each : ready.processors) {
        processors.push_back(object{{"name", each.name}, {"version", each.version}});
    }
    return {
        {"type", "ready"},
        {"protocol", kChildProtocolVersion},
        {"sandbox",
         object{
             {"level", ready.sandbox.level},
             {"landlock_abi", ready.sandbox.landlock_abi},
             {"seccomp", ready.sandbox.seccomp},
             {"note", ready.sandbox.note}
         }},
        {"processors", std::move(processors)}
    };
}

object ResultToJson(const ResultNotice& result) {
    array blobs;
    for (const auto& name : result.blobs) {
        blobs.emplace_back(name);
    }
    return {
        {"type", "result"},
        {"job", result.job},
        {"process", result.process},
        {"media_type", result.media_type},
        {"model_digest", result.model_digest},
        {"blobs", std::move(blobs)}
    };
}

}  // namespace

std::string ToLine(const ParentMessage& message) {
    return std::visit(
        Overloaded{
            [](const JobRequest& job) { return Line(JobToJson(job)); },
            [](const CancelRequest& cancel) { return Line(CancelToJson(cancel)); },
            [](const LeaveRequest& leave) { return Line({{"type", "leave"}, {"job", leave.job}}); },
            [](const QuitRequest&) { return Line({{"type", "quit"}}); },
        },
        message
    );
}

std::string ToLine(const ChildMessage& message) {
    return std::visit(
        Overloaded{
            [](const ReadyNotice& ready) { return Line(ReadyToJson(ready)); },
            [](const RefusedNotice& refused) {
                return Line({{"type", "refused"}, {"error", ToJson(refused.error)}});
            },
            [](const ProgressNotice& progress) {
                return Line(
                    {{"type", "progress"},
                     {"job", progress.job},
                     {"process", progress.process},
                     {"done", progress.done}}
                );
            },
            [](const MediaNotice& media) {
                return Line({{"type", "media"}, {"job", media.job}, {"duration_ms", media.duration_ms}});
            },
            [](const ResumedNotice& resumed) {
                return Line(
                    {{"type", "resumed"},
                     {"job", resumed.job},
                     {"process", resumed.process},
                     {"position_ms", resumed.position_ms},
                     {"decoded_from_ms", resumed.decoded_from_ms}}
                );
            },
            [](const CheckpointNotice& checkpoint) {
                return Line(
                    {{"type", "checkpoint"},
                     {"job", checkpoint.job},
                     {"process", checkpoint.process},
                     {"position_ms", checkpoint.position_ms},
                     {"ended_before", checkpoint.ended_before},
                     {"open", checkpoint.open},
                     {"ended", checkpoint.ended}}
                );
            },
            [](const LeftNotice& left) {
                return Line({{"type", "left"}, {"job", left.job}, {"process", left.process}});
            },
            [](const ResultNotice& result) { return Line(ResultToJson(result)); },
            [](const FailedNotice& failed) {
                return Line(
                    {{"type", "failed"},
                     {"job", failed.job},
                     {"process", failed.process},
                     {"media_type", failed.media_type},
                     {"error", ToJson(failed.error)}}
                );
            },
            [](const DoneNotice& done) { return Line({{"type", "done"}, {"job", done.job}}); },
        },
        message
    );
}

std::string ToText(const BlobEnd& end) {
    return ToJsonText(
        object{
            {"process", end.process},
            {"name", end.name},
            {"media_type", end.media_type},
            {"sealed", end.sealed},
            {"size", end.size_bytes},
        }
    );
}

object ToJson(const Error& error) {
    return {
        {"code", ToString(error.code)},
        {"stage", error.stage},
        {"reason", error.reason},
        {"message", error.message},
    };
}

}  // namespace notify
