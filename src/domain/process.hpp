#pragma once

// A process is one processor with one configuration on one item.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"

namespace notify {

/// What went wrong, for a program and for a person.
struct Failure {
    std::string code;     ///< ToString(ErrorCode): what can be done about it.
    std::string stage;    ///< "open", "probe", "decode", "analyse", "commit", "child", ….
    std::string reason;   ///< Stable word: "no_video", "truncated", "poisoned", "timeout", …; may be empty.
    std::string message;  ///< One sentence, no secrets.
    bool will_retry = false;
};

/// The reason of a process that waits because no child could be started for it: nobody is blamed.
inline constexpr std::string_view kNoChild = "no_child";

struct Process {
    ProcessId id;
    ItemId item_id;
    BucketId bucket_id;  ///< Of the item: claims are fair over buckets.
    std::string processor;
    std::string config;
    std::string config_hash;
    RuleId rule_id;                        ///< Which chose it; it may be gone by now.
    std::vector<std::string> media_types;  ///< What its rules take; empty: all that the processor takes.
    int run = 1;  ///< Rises with each re-run; (item, processor, config_hash, run) is unique.
    Status status = Status::kPending;
    Timestamp since;
    int priority = 0;
    int attempt = 0;  ///< Tries that ended in an error of the work itself. Releases and rescues burn none.
    int max_attempts = 5;
    int crashes = 0;     ///< Times the parent saw its child die or pass a limit during this process.
    int rescues = 0;     ///< Times its node was lost.
    int releases = 0;    ///< Times its node gave it back: it stopped, or the database was away for long.
    int pauses = 0;      ///< Times in a row that it waited because its store could not give the bytes.
    bool alone = false;  ///< Runs in a child of its own since a group with it crashed.
    Timestamp next_attempt_at;
    NodeId lease_owner;  ///< Empty unless Processing.
    std::optional<Timestamp> lease_until;
    std::int64_t fence = 0;  ///< Rises with each claim; a completion with an older one is refused.
    double progress = 0.0;   ///< 0 … 1.
    bool cancel_requested = false;
    std::optional<Failure> failure;  ///< The last one.
    ResultId result_id;              ///< Set when Completed.
    Timestamp created_at;
    std::optional<Timestamp> started_at;   ///< Of the latest claim.
    std::optional<Timestamp> finished_at;  ///< Exactly when the status is terminal.
};

}  // namespace notify
