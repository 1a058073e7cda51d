#pragma once

// Why a process of a job failed, as far as a child is believed about it: it reads hostile files, so its word
// must not pause a source, release work or burn less than it costs.

#include <optional>

#include "core/error.hpp"
#include "processors/host/child_end.hpp"

namespace notify {

/// What the host knows by itself when a process fails.
struct KnownToHost {
    bool is_stopping = false;
    bool is_cancelled = false;        ///< Somebody asked for the end of this process.
    bool has_descriptor = false;      ///< The child reads a local file without us.
    std::optional<Error> read_error;  ///< The last that the store gave.
};

/// The error to be kept for what a child says: kStopped or kCancelled when that was asked for, the store's
/// own error when the child only passes it on, what is about the item as it is said, and all else as
/// kInternal.
[[nodiscard]] Error TrustedError(Error said, const KnownToHost& known);

/// The error of a process that had not ended when its child did: kCancelled, kStopped also when the child was
/// ended for the sake of another process, kUnavailable when it hung in a read, or kInternal with the reason.
[[nodiscard]] Error UnfinishedError(const ChildEnd& end, const KnownToHost& known);

}  // namespace notify
