#pragma once

// The one state machine: of a process. Its repository refuses every other step.
//
//   Pending → Processing → Completed | Failed | Cancelled | Skipped
//
// A lease that ends, a crash, a release and a retry go back from Processing to Pending; Pending may also be
// cancelled or skipped. A terminal status never changes: a re-run is a new process (Process::run + 1). An
// item has the status of its processes (ItemStatus), so that a re-run takes it back to Pending; deliveries
// use the same words.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace notify {

enum class Status : std::uint8_t { kPending, kProcessing, kCompleted, kFailed, kCancelled, kSkipped };

/// Their names in the same order.
inline constexpr std::array<std::string_view, 6> kStatusWords{
    "Pending", "Processing", "Completed", "Failed", "Cancelled", "Skipped"
};

/// "Pending", "Processing", …: the words of the API, of the database and of people.
[[nodiscard]] std::string_view ToString(Status status) noexcept;

/// The status with that name, case-sensitive; nothing when there is none.
[[nodiscard]] std::optional<Status> StatusFrom(std::string_view text) noexcept;

[[nodiscard]] bool IsTerminal(Status status) noexcept;

/// True when the machine above has that arrow.
[[nodiscard]] bool MayBecome(Status from, Status to) noexcept;

/// The status of an item over the latest run of each of its processes: Processing if any is; else Pending if
/// any is; else Failed if any failed; else Completed if any completed; else Cancelled if any was; else
/// Skipped (also for none at all).
[[nodiscard]] Status ItemStatus(std::span<const Status> processes) noexcept;

/// Why something that is not terminal does not move, or kNothing when it does.
enum class BlockedBy : std::uint8_t {
    kNothing,         ///< It moves: it is being processed.
    kSlot,            ///< Ready, waits for a free worker.
    kMaxInFlight,     ///< Ready, and as many of its bucket or source are processed as may be at a time.
    kRetryDelay,      ///< Waits for next_attempt_at after a failure.
    kPaused,          ///< People paused everything, its source, its bucket, or all nodes that could take it.
    kBucketInactive,  ///< Its bucket is switched off.
    kSourceRefuses,   ///< Its source refuses us (credentials, throttling).
    kStorageFull,     ///< No room to make results durable.
    kProcessor,       ///< This node has no such processor, or the child cannot start.
    kResolving,       ///< Processed; its result is being joined with people.
    kBudget,          ///< Was there before its bucket, whose budget for today is used up.
    kServiceStopped,  ///< No service runs on this data. Told by commands, never stored.
};

/// Their names in the same order.
inline constexpr std::array<std::string_view, 12> kBlockedByWords{
    "nothing",
    "slot",
    "max_in_flight",
    "retry_delay",
    "paused",
    "bucket_inactive",
    "source_refuses",
    "storage_full",
    "processor",
    "resolving",
    "budget",
    "service_stopped"
};

[[nodiscard]] std::string_view ToString(BlockedBy blocked) noexcept;
[[nodiscard]] std::optional<BlockedBy> BlockedByFrom(std::string_view text) noexcept;

}  // namespace notify
