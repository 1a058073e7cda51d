#pragma once

// The one place that turns a failure into what happens to its process.

#include <cstdint>

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

/// The process as it is after `error`, without its lease: Pending with its time of the next attempt, or
/// terminal.
///   crash in a group    Pending at once, alone; nothing is counted
///   crash alone         crashes + 1; Pending after a pause, the third time Failed with reason `poisoned`
///   stopped             Pending at once, nothing counted
///   throttled, unauthenticated, storage_full   Pending after a pause, nothing counted
///   conflict            Skipped, `superseded`: the object is no longer that version
///   unsupported         Skipped for no_video, not_media, empty, unsupported_media; else Failed
///   cancelled           Cancelled
///   unavailable, internal   attempt + 1; Pending after 5 s doubling to 6 h, Failed at max_attempts
///   all others          Failed
[[nodiscard]] Process AfterFailure(Process process, const Error& error, CrashKind crash, Timestamp now);

/// The process given back without blame: a released or rescued lease.
[[nodiscard]] Process Released(Process process, Timestamp now);

}  // namespace notify
