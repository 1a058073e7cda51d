#pragma once

// The control lines of a child (docs/child-protocol.md): what each holds, written and read in one place.
// Whoever reads one takes it as hostile: every field has a type and a bound, and an unknown message is an
// error.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "processors/sandbox_report.hpp"

namespace notify {

inline constexpr int kChildProtocolVersion = 1;

/// The exit code of a child that could get no more memory.
inline constexpr int kExitOutOfMemory = 12;

/// What a process may go on with: bytes, and pieces of what ended.
inline constexpr std::uint64_t kMaxCheckpointBytes = 256ULL << 20U;
inline constexpr std::size_t kMaxCheckpointParts = 1000;

/// How many processes one job may have.
inline constexpr std::size_t kMaxProcessesOfJob = 64;

struct ProcessRequest {
    std::string process;
    std::string processor;
    boost::json::object config;
    std::vector<std::string>
        media_types;  ///< What its rules take: "video/mp4", "video/*"; empty: everything.
    std::vector<std::uint64_t>
        checkpoint;  ///< How long the pieces are that it goes on with: what is open, then what ended.
                     ///< Empty: it begins. They come one after the other in a descriptor of their own.
};

struct JobRequest {
    std::string job;
    std::string name;
    std::uint64_t size_bytes = 0;
    bool descriptor = false;
    std::vector<ProcessRequest> processes;
    std::vector<std::string> media_types;  ///< What its bucket takes, as a process's.
};

struct CancelRequest {
    std::string job;
    std::string process;  ///< Empty: the whole job.
};

/// The job is to end at the next place where it can go on from.
struct LeaveRequest {
    std::string job;
};

struct QuitRequest {};

using ParentMessage = std::variant<JobRequest, CancelRequest, LeaveRequest, QuitRequest>;

struct NamedVersion {
    std::string name;
    std::string version;
};

struct ReadyNotice {
    SandboxReport sandbox;
    std::vector<NamedVersion> processors;
};

/// Instead of ready: the child cannot work, and leaves.
struct RefusedNotice {
    Error error;
};

struct ProgressNotice {
    std::string job;
    std::string process;
    double done = 0;  ///< 0 … 1.
};

/// How long the job's media plays; 0 when its header does not say.
struct MediaNotice {
    std::string job;
    std::int64_t duration_ms = 0;
};

/// The process went on with its checkpoint.
struct ResumedNotice {
    std::string job;
    std::string process;
    std::int64_t position_ms = 0;      ///< From there on it is new.
    std::int64_t decoded_from_ms = 0;  ///< And was decoded again from there on.
};

/// A place to go on from; its blobs were sent before.
struct CheckpointNotice {
    std::string job;
    std::string process;
    std::int64_t position_ms = 0;
    std::size_t ended_before = 0;  ///< As CheckpointStep's.
    std::string open;              ///< Names of blobs.
    std::string ended;             ///< Empty when nothing ended.
};

/// The process ended as a LeaveRequest asked: it is run again.
struct LeftNotice {
    std::string job;
    std::string process;
};

struct ResultNotice {
    std::string job;
    std::string process;
    std::string media_type;
    std::string model_digest;
    std::vector<std::string> blobs;
};

struct FailedNotice {
    std::string job;
    std::string process;
    std::string media_type;
    Error error;
};

struct DoneNotice {
    std::string job;
};

using ChildMessage = std::variant<
    ReadyNotice,
    RefusedNotice,
    ProgressNotice,
    MediaNotice,
    ResumedNotice,
    CheckpointNotice,
    LeftNotice,
    ResultNotice,
    FailedNotice,
    DoneNotice>;

/// What the frame that ends a blob says of it.
struct BlobEnd {
    std::string process;
    std::string name;
    std::string media_type;
    bool sealed = false;
    std::uint64_t size_bytes = 0;
};

/// One line with its end.
[[nodiscard]] std::string ToLine(const ParentMessage& message);
[[nodiscard]] std::string ToLine(const ChildMessage& message);
[[nodiscard]] std::string ToText(const BlobEnd& end);

/// kInvalidArgument with what is wrong in it. `line` without its end.
[[nodiscard]] Result<ParentMessage> ParseParentMessage(std::string_view line);
[[nodiscard]] Result<ChildMessage> ParseChildMessage(std::string_view line);
[[nodiscard]] Result<BlobEnd> ParseBlobEnd(std::string_view text);

/// An error as both sides write it: {"code","stage","reason","message"}; retry_after does not travel.
[[nodiscard]] boost::json::object ToJson(const Error& error);

/// kInvalidArgument when it is not such an object. The message is cut to 1,000 bytes and loses control
/// characters.
[[nodiscard]] Result<Error> ErrorFromJson(const boost::json::value& value);

/// True for `[a-z0-9_-][a-z0-9._-]{0,63}`: what a blob may be called. No name leads out of a folder.
[[nodiscard]] bool IsBlobName(std::string_view name) noexcept;

}  // namespace notify
