#pragma once

// The one place that turns a failure into what happens to its process.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "domain/process.hpp"

namespace notify {

/// How a process's child ended, as far as blame goes.
enum class CrashKind : std::uint8_t {
    kNone,
    kInGroup,  ///< The child died with several processes unfinished: nobody is blamed, each runs alone next
               ///< time.
    kAlone,    ///< The child died with this one only.
};

inline constexpr int kMaxCrashes = 3;

/// The process as it is after `error`, without its lease: Pending with the time of its next attempt, or
/// terminal.
///   crash in a group    Pending at once, alone; nothing is counted
///   crash alone         crashes + 1; Pending after a pause, the third time Failed with reason `poisoned`
///   stopped, or our own database was away
///                       Pending at once, nothing counted
///   throttled, unauthenticated, storage_full, no child, a store that cannot be reached
///                       Pending after a pause (60 s, or what the error says), nothing counted
///   a store in trouble  (store_fault, interrupted) pauses + 1; Pending after 60 s doubling to 6 h, or what
///                       the error says if that is longer; no attempt is burned
///   conflict            Skipped, `superseded`: the object is no longer that version
///   unsupported         Skipped for no_video, not_media, empty, unsupported_media, no_rule; else Failed
///   cancelled           Cancelled
///   unavailable, internal   attempt + 1; Pending after 5 s doubling to 6 h, Failed at max_attempts
///   all others          Failed
/// What would be Pending is Cancelled instead when its cancellation was asked for, and Skipped when it was
/// superseded.
[[nodiscard]] Process AfterFailure(Process process, const Error& error, CrashKind crash, Timestamp now);

/// When a finished result is joined with people again, after its `failures`th failure to be: 5 s doubling to
/// 10 min. Nothing when it never will be: at once for what will not change, after 5 for an internal error.
[[nodiscard]] std::optional<std::chrono::milliseconds> ResolveDelay(const Error& error, int failures);

/// The process given back without blame, for a released or rescued lease: Pending, or ended when that was
/// asked for meanwhile.
[[nodiscard]] Process GivenBack(Process process, Timestamp now);

/// As GivenBack, when the process's node is gone or its lease is over: one rescue more. From the third on it
/// runs alone and waits first, 1 s doubling to 1 min: it may be what its nodes die of.
[[nodiscard]] Process Rescued(Process process, Timestamp now);

/// The process Completed, with its result.
[[nodiscard]] Process Completed(Process process, const ResultId& result, Timestamp now);

/// Marks a process because a newer version of its object was noticed: one that waits is Skipped at once, one
/// that runs is asked to stop and will be, whatever its outcome.
[[nodiscard]] Process Superseded(Process process, Timestamp now);

/// Why an item or a process was Skipped, or an item removed, whose object is in the store no more.
inline constexpr std::string_view kRemoved = "removed";
inline constexpr std::string_view kRemovedSentence =
    "the object is not in the store any more: two scans did not see it";

/// A process that waited, Skipped as kRemoved.
[[nodiscard]] Process ObjectGone(Process process, Timestamp now);

/// True for a process that Superseded() marked or ended, or that found its object changed.
[[nodiscard]] bool IsSuperseded(const Process& process);

}  // namespace notify
