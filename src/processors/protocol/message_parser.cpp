#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "processors/protocol/fields.hpp"
#include "processors/protocol/messages.hpp"
#include "processors/sandbox_report.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

constexpr std::size_t kIdBytes = 128;
constexpr std::size_t kWordBytes = 64;
constexpr std::size_t kNameBytes = 4096;
constexpr std::size_t kMessageBytes = 1000;
constexpr std::size_t kMaxBlobs = 4096;
constexpr std::size_t kMaxProcessors = 256;
constexpr std::size_t kMaxMediaTypes = 1000;
constexpr std::uint64_t kMostMs = 100ULL * 366 * 24 * 3600 * 1000;  // a hundred years

/// `read` fills a message from the fields; whatever it or Fields found wrong wins over it.
template <class Message, class Read>
Result<Message> Checked(const object& from, Read read) {
    Fields fields(from);  // NOLINT(misc-const-correctness): read changes it in most of its forms
    auto message = read(fields);
    return fields.Check().map([&] { return Message(std::move(message)); });
}

/// The media types that a process's rules or a job's bucket take; empty when the member is missing.
std::vector<std::string> ReadMediaTypes(Fields& fields, const object& of) {
    std::vector<std::string> types;
    if (!of.contains("media_types")) {
        return types;
    }
    for (const auto& each : fields.Array("media_types", kMaxMediaTypes)) {
        const auto* text = each.if_string();
        if (text == nullptr || text->size() > kIdBytes || !IsPrintable(*text)) {
            fields.Fault("media_types must hold media types");
            break;
        }
        types.emplace_back(*text);
    }
    return types;
}

/// How long the pieces of a process's checkpoint are; empty when the member is missing.
std::vector<std::uint64_t> ReadCheckpointSizes(Fields& fields, const object& of) {
    std::vector<std::uint64_t> sizes;
    if (!of.contains("checkpoint")) {
        return sizes;
    }
    std::uint64_t sum = 0;
    for (const auto& each : fields.Array("checkpoint", kMaxCheckpointParts + 1)) {
        const auto size = each.is_int64() && each.get_int64() >= 0
                              ? static_cast<std::uint64_t>(each.get_int64())
                              : kMaxCheckpointBytes + 1;
        sizes.push_back(std::min(size, kMaxCheckpointBytes + 1));
        sum += sizes.back();
    }
    if (sum > kMaxCheckpointBytes) {
        fields.Fault("checkpoint must hold sizes, and not be too large");
    }
    return sizes;
}

/// A time in media.
std::int64_t ReadMs(Fields& fields, std::string_view key) {
    const auto ms = fields.Count(key);
    if (ms > kMostMs) {
        fields.Fault(std::string(key) + " is no time of any media");
    }
    return static_cast<std::int64_t>(std::min(ms, kMostMs));
}

JobRequest ReadJob(Fields& fields, const object& message) {
    JobRequest job{
        .job = fields.Text("job", kIdBytes),
        .name = fields.Text("name", kNameBytes),
        .size_bytes = fields.Count("size"),
        .descriptor = fields.Flag("descriptor"),
        .processes = {},
        .media_types = ReadMediaTypes(fields, message),
    };
    for (const auto& each : fields.Array("processes", kMaxProcessesOfJob)) {
        if (!each.is_object()) {
            fields.Fault("processes must hold objects");
            break;
        }
        Fields process(each.get_object());
        job.processes.push_back(
            {.process = process.Text("process", kIdBytes),
             .processor = process.Text("processor", kWordBytes),
             .config = process.Object("config"),
             .media_types = ReadMediaTypes(process, each.get_object()),
             .checkpoint = ReadCheckpointSizes(process, each.get_object())}
        );
        if (const auto fine = process.Check(); !fine) {
            fields.Fault(fine.error().message);
        }
    }
    return job;
}

CancelRequest ReadCancel(Fields& fields) {
    return {.job = fields.Text("job", kIdBytes), .process = fields.OptionalText("process", kIdBytes)};
}

SandboxReport ReadSandbox(Fields& fields) {
    SandboxReport report{
        .level = fields.Text("level", kWordBytes),
        .landlock_abi = static_cast<int>(std::min<std::uint64_t>(fields.Count("landlock_abi"), 1000)),
        .seccomp = fields.Flag("seccomp"),
        .note = fields.Text("note", kMessageBytes),
    };
    if (report.level != "full" && report.level != "partial" && report.level != "none") {
        fields.Fault("level must be full, partial or none");
    }
    return report;
}

ReadyNotice ReadReady(Fields& fields) {
    if (fields.Count("protocol") != kChildProtocolVersion) {
        fields.Fault(fmt::format("protocol must be {}", kChildProtocolVersion));
    }
    Fields sandbox(fields.Object("sandbox"));
    ReadyNotice ready{.sandbox = ReadSandbox(sandbox), .processors = {}};
    if (const auto fine = sandbox.Check(); !fine) {
        fields.Fault(fine.error().message);
    }
    for (const auto& each : fields.Array("processors", kMaxProcessors)) {
        Fields processor(each.is_object() ? each.get_object() : fields.Object("processors"));
        ready.processors.push_back(
            {.name = processor.Text("name", kWordBytes), .version = processor.Text("version", kWordBytes)}
        );
        if (const auto fine = processor.Check(); !fine) {
            fields.Fault(fine.error().message);
        }
    }
    return ready;
}

ResultNotice ReadResult(Fields& fields) {
    ResultNotice result{
        .job = fields.Text("job", kIdBytes),
        .process = fields.Text("process", kIdBytes),
        .media_type = fields.Text("media_type", kIdBytes),
        .model_digest = fields.Text("model_digest", kIdBytes),
        .blobs = {},
    };
    for (const auto& each : fields.Array("blobs", kMaxBlobs)) {
        if (!each.is_string() || !IsBlobName(each.get_string())) {
            fields.Fault("blobs must hold names");
            break;
        }
        result.blobs.emplace_back(each.get_string());
    }
    return result;
}

Error ReadError(Fields& fields) {
    const auto parsed = ErrorFromJson(fields.Object("error"));
    if (!parsed) {
        fields.Fault(parsed.error().message);
        return {};
    }
    return *parsed;
}

FailedNotice ReadFailed(Fields& fields) {
    return {
        .job = fields.Text("job", kIdBytes),
        .process = fields.Text("process", kIdBytes),
        .media_type = fields.Text("media_type", kIdBytes),
        .error = ReadError(fields),
    };
}

ProgressNotice ReadProgress(Fields& fields) {
    return {
        .job = fields.Text("job", kIdBytes),
        .process = fields.Text("process", kIdBytes),
        .done = fields.Fraction("done"),
    };
}

CheckpointNotice ReadCheckpoint(Fields& fields) {
    CheckpointNotice checkpoint{
        .job = fields.Text("job", kIdBytes),
        .process = fields.Text("process", kIdBytes),
        .position_ms = ReadMs(fields, "position_ms"),
        .ended_before = std::min<std::size_t>(fields.Count("ended_before"), kMaxCheckpointParts),
        .open = fields.Text("open", kWordBytes),
        .ended = fields.OptionalText("ended", kWordBytes),
    };
    return checkpoint;
}

BlobEnd ReadBlobEnd(Fields& fields) {
    BlobEnd end{
        .process = fields.Text("process", kIdBytes),
        .name = fields.Text("name", kWordBytes),
        .media_type = fields.Text("media_type", kIdBytes),
        .sealed = fields.Flag("sealed"),
        .size_bytes = fields.Count("size"),
    };
    if (!IsBlobName(end.name)) {
        fields.Fault("name is not allowed");
    }
    return end;
}

Result<object> ParseObject(std::string_view text) {
    auto parsed = ParseJson(text);
    if (!parsed) {
        return Unexpected(parsed.error());
    }
    if (!parsed->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "not a JSON object");
    }
    return std::move(parsed->get_object());
}

Unexpected UnknownType(const std::string& type) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("there is no message of type '{}'", type));
}

/// A child's sentence for logs and the API: bounded, without control characters, cut between characters.
std::string CleanMessage(std::string_view message) {
    std::string clean(message.substr(0, kMessageBytes));
    while (clean.size() < message.size() && !clean.empty() &&
           (static_cast<unsigned char>(message[clean.size()]) & 0xC0U) == 0x80U) {
        clean.pop_back();
    }
    std::ranges::replace_if(clean, [](char c) { return !IsPrintable({&c, 1}); }, ' ');
    return clean;
}

/// A word of the protocol: nothing that could be mistaken for text.
bool IsWord(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

}  // namespace

Result<ParentMessage> ParseParentMessage(std::string_view line) {
    const auto parsed = ParseObject(line);
    if (!parsed) {
        return Unexpected(parsed.error());
    }
    Fields fields(*parsed);
    const auto type = fields.Text("type", kWordBytes);
    if (type == "job") {
        return Checked<ParentMessage>(*parsed, [&](Fields& of_job) { return ReadJob(of_job, *parsed); });
    }
    if (type == "cancel") {
        return Checked<ParentMessage>(*parsed, ReadCancel);
    }
    if (type == "leave") {
        return Checked<ParentMessage>(*parsed, [](Fields& from) {
            return LeaveRequest{.job = from.Text("job", kIdBytes)};
        });
    }
    if (type == "quit") {
        return ParentMessage(QuitRequest{});
    }
    return UnknownType(type);
}

Result<ChildMessage> ParseChildMessage(std::string_view line) {
    using Read = Result<ChildMessage> (*)(const object& parsed);
    static const std::map<std::string, Read, std::less<>> readers{
        {"ready", [](const object& from) { return Checked<ChildMessage>(from, ReadReady); }},
        {"refused",
         [](const object& from) {
             return Checked<ChildMessage>(from, [](Fields& fields) {
                 return RefusedNotice{.error = ReadError(fields)};
             });
         }},
        {"progress", [](const object& from) { return Checked<ChildMessage>(from, ReadProgress); }},
        {"media",
         [](const object& from) {
             return Checked<ChildMessage>(from, [](Fields& fields) {
                 return MediaNotice{
                     .job = fields.Text("job", kIdBytes), .duration_ms = ReadMs(fields, "duration_ms")
                 };
             });
         }},
        {"resumed",
         [](const object& from) {
             return Checked<ChildMessage>(from, [](Fields& fields) {
                 return ResumedNotice{
                     .job = fields.Text("job", kIdBytes),
                     .process = fields.Text("process", kIdBytes),
                     .position_ms = ReadMs(fields, "position_ms"),
                     .decoded_from_ms = ReadMs(fields, "decoded_from_ms"),
                 };
             });
         }},
        {"checkpoint", [](const object& from) { return Checked<ChildMessage>(from, ReadCheckpoint); }},
        {"left",
         [](const object& from) {
             return Checked<ChildMessage>(from, [](Fields& fields) {
                 return LeftNotice{
                     .job = fields.Text("job", kIdBytes), .process = fields.Text("process", kIdBytes)
                 };
             });
         }},
        {"result", [](const object& from) { return Checked<ChildMessage>(from, ReadResult); }},
        {"failed", [](const object& from) { return Checked<ChildMessage>(from, ReadFailed); }},
        {"done", [](const object& from) {
             return Checked<ChildMessage>(from, [](Fields& fields) {
                 return DoneNotice{.job = fields.Text("job", kIdBytes)};
             });
         }},
    };
    const auto parsed = ParseObject(line);
    if (!parsed) {
        return Unexpected(parsed.error());
    }
    Fields fields(*parsed);
    const auto type = fields.Text("type", kWordBytes);
    const auto reader = readers.find(type);
    return reader == readers.end() ? UnknownType(type) : reader->second(*parsed);
}

Result<BlobEnd> ParseBlobEnd(std::string_view text) {
    return ParseObject(text).and_then([](const object& parsed) {
        return Checked<BlobEnd>(parsed, ReadBlobEnd);
    });
}

Result<Error> ErrorFromJson(const value& value) {
    if (!value.is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "error must be an object");
    }
    const auto& members = value.get_object();
    Fields fields(members);
    const auto code = ErrorCodeFrom(fields.Text("code", kWordBytes));
    Error error{
        .code = code.value_or(ErrorCode::kInternal),
        .stage = fields.Text("stage", kWordBytes),
        .reason = fields.Text("reason", kWordBytes),
        .retry_after = {},
        .message = {},
    };
    const auto* message = members.if_contains("message");
    if (!code || !IsWord(error.stage) || !IsWord(error.reason) || message == nullptr ||
        !message->is_string()) {
        fields.Fault("error must have a code, a stage, a reason and a message");
    } else {
        error.message = CleanMessage(message->get_string());
    }
    return fields.Check().map([&] { return error; });
}

bool IsBlobName(std::string_view name) noexcept {
    const auto is_allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    };
    return !name.empty() && name.size() <= kWordBytes && name.front() != '.' &&
           std::ranges::all_of(name, is_allowed);
}

}  // namespace notify
