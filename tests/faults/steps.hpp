#pragma once

// What may happen to items that two owners work on, step by step.

#include <cstdint>
#include <string>
#include <vector>

namespace notify::testing {

enum class Act : std::uint8_t {
    kClaim,      ///< Takes the next job.
    kHeartbeat,  ///< Extends the leases of all it holds.
    kProgress,   ///< Of what it has held longest of the item; so for the ends below.
    kComplete,
    kFail,           ///< An error of the work itself.
    kRelease,        ///< Stopped: somebody else may have it.
    kCrash,          ///< Its child died with this process alone.
    kCrashInGroup,   ///< Its child died with several.
    kEndsCancelled,  ///< Its child ended because that was asked for.
    kDies,           ///< Forgets all it holds without a word, and starts again …
    kRestarts,       ///< … with what a node does before it works.
    kReap,           ///< Gives back whatever has no lease any more.
    kGiveUpOther,    ///< Says that the other owner is gone. Only where there are several nodes.
    kCancel,         ///< A person cancels the item; so for the next.
    kRerun,
    kLeaseEnds,  ///< Time passes: every lease is over.
    kDelayEnds,  ///< So much that whatever waits to be tried again is ready.
};

struct Step {
    Act act = Act::kClaim;
    int owner = 0;
    int item = 0;
};

/// "A claims; lease ends; B reaps; …"
[[nodiscard]] std::string ToString(const std::vector<Step>& steps);

/// Every order of all the steps in which those of each row keep their own.
[[nodiscard]] std::vector<std::vector<Step>> EveryOrder(const std::vector<std::vector<Step>>& rows);

}  // namespace notify::testing
